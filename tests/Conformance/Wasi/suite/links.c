// Symbolic and hard links: what follows them, what does not, and that none leads out.
#include "check.h"

int main(void) {
  __wasi_fd_t fd, dir;
  char text[16];
  __wasi_size_t size;
  OK(__wasi_path_create_directory(ROOT, "d"));
  OK(__wasi_path_create_directory(ROOT, "d/inner"));
  make_file(ROOT, "d/inner/f", "hello");

  // A link to a file: followed where that is asked for, itself where not.
  OK(__wasi_path_symlink("d/inner/f", ROOT, "to-file"));
  IS(kind_of(ROOT, 0, "to-file"), __WASI_FILETYPE_SYMBOLIC_LINK);
  IS(kind_of(ROOT, FOLLOW, "to-file"), __WASI_FILETYPE_REGULAR_FILE);
  IS(open_in(ROOT, "to-file", 0, 0, __WASI_RIGHTS_FD_READ, &fd), __WASI_ERRNO_LOOP);
  OK(open_in(ROOT, "to-file", FOLLOW, 0, RW, &fd));
  IS(read_at(fd, text, sizeof text, 0), 5);
  OK(__wasi_fd_close(fd));

  // A link on the way is always followed; ".." after it is where the link led.
  OK(__wasi_path_symlink("d/inner", ROOT, "to-dir"));
  OK(open_in(ROOT, "to-dir/f", 0, 0, __WASI_RIGHTS_FD_READ, &fd));
  OK(__wasi_fd_close(fd));
  IS(kind_of(ROOT, 0, "to-dir/../inner"), __WASI_FILETYPE_DIRECTORY);
  IS(kind_of(ROOT, 0, "to-dir/"), __WASI_FILETYPE_DIRECTORY);
  IS(open_in(ROOT, "to-file/", FOLLOW, 0, __WASI_RIGHTS_FD_READ, &fd), __WASI_ERRNO_NOTDIR);

  // Reading it: cut to the buffer.
  memset(text, '.', sizeof text);
  OK(__wasi_path_readlink(ROOT, "to-file", (uint8_t *)text, sizeof text, &size));
  IS(size, 9);
  IS(memcmp(text, "d/inner/f.", 10), 0);
  OK(__wasi_path_readlink(ROOT, "to-file", (uint8_t *)text, 3, &size));
  IS(size, 3);
  IS(__wasi_path_readlink(ROOT, "d", (uint8_t *)text, 3, &size), __WASI_ERRNO_INVAL);
  IS(__wasi_path_readlink(ROOT, "none", (uint8_t *)text, 3, &size), __WASI_ERRNO_NOENT);

  // Out of the root leads nothing.
  IS(__wasi_path_symlink("/", ROOT, "x") != 0, 1);
  OK(__wasi_path_symlink("../../outside", ROOT, "d/out"));
  IS(open_in(ROOT, "d/out", FOLLOW, 0, __WASI_RIGHTS_FD_READ, &fd), __WASI_ERRNO_PERM);
  IS(open_in(ROOT, "d/out", FOLLOW, CREAT, RW, &fd), __WASI_ERRNO_PERM);
  OK(__wasi_path_symlink("..", ROOT, "d/up"));
  IS(kind_of(ROOT, FOLLOW, "d/up/d/up/to-file"), __WASI_FILETYPE_REGULAR_FILE);
  OK(open_in(ROOT, "d", 0, __WASI_OFLAGS_DIRECTORY, 0x1fffffff & ~__WASI_RIGHTS_FD_WRITE, &dir));
  IS(open_in(dir, "up/to-file", FOLLOW, 0, __WASI_RIGHTS_FD_READ, &fd), __WASI_ERRNO_PERM);
  OK(__wasi_fd_close(dir));

  // Loops and links to nothing.
  OK(__wasi_path_symlink("b", ROOT, "a"));
  OK(__wasi_path_symlink("a", ROOT, "b"));
  IS(open_in(ROOT, "a", FOLLOW, 0, __WASI_RIGHTS_FD_READ, &fd), __WASI_ERRNO_LOOP);
  IS(open_in(ROOT, "a/x", 0, 0, __WASI_RIGHTS_FD_READ, &fd), __WASI_ERRNO_LOOP);
  OK(__wasi_path_symlink("made", ROOT, "dangling"));
  IS(open_in(ROOT, "dangling", FOLLOW, 0, __WASI_RIGHTS_FD_READ, &fd), __WASI_ERRNO_NOENT);
  IS(open_in(ROOT, "dangling", FOLLOW, CREAT | __WASI_OFLAGS_EXCL, RW, &fd), __WASI_ERRNO_EXIST);
  OK(open_in(ROOT, "dangling", FOLLOW, CREAT, RW, &fd));
  OK(__wasi_fd_close(fd));
  IS(kind_of(ROOT, 0, "made"), __WASI_FILETYPE_REGULAR_FILE);

  // Names that are taken, and slashes.
  IS(__wasi_path_symlink("t", ROOT, "d"), __WASI_ERRNO_EXIST);
  IS(__wasi_path_symlink("t", ROOT, "d/"), __WASI_ERRNO_EXIST);
  IS(__wasi_path_symlink("t", ROOT, "new/"), __WASI_ERRNO_NOENT);
  IS(__wasi_path_symlink("t", ROOT, "made/"), __WASI_ERRNO_NOTDIR);
  IS(__wasi_path_symlink("", ROOT, "new"), __WASI_ERRNO_NOENT);

  // Hard links: a second name of the same file, or of a symbolic link itself, never of a directory.
  __wasi_filestat_t first, second;
  OK(__wasi_path_link(ROOT, 0, "made", ROOT, "d/second"));
  OK(__wasi_path_filestat_get(ROOT, 0, "made", &first));
  OK(__wasi_path_filestat_get(ROOT, 0, "d/second", &second));
  IS(first.ino, second.ino);
  IS(first.dev, second.dev);
  IS(first.nlink, 2);
  OK(__wasi_path_unlink_file(ROOT, "made"));
  OK(__wasi_path_filestat_get(ROOT, 0, "d/second", &second));
  IS(second.nlink, 1);
  OK(__wasi_path_link(ROOT, 0, "dangling", ROOT, "dangling2"));
  IS(kind_of(ROOT, 0, "dangling2"), __WASI_FILETYPE_SYMBOLIC_LINK);
  IS(__wasi_path_link(ROOT, FOLLOW, "to-file", ROOT, "n"), __WASI_ERRNO_INVAL);
  IS(__wasi_path_link(ROOT, 0, "d", ROOT, "n"), __WASI_ERRNO_PERM);
  IS(__wasi_path_link(ROOT, 0, "d/second", ROOT, "d/second"), __WASI_ERRNO_EXIST);
  IS(__wasi_path_link(ROOT, 0, "d/second", ROOT, "d"), __WASI_ERRNO_EXIST);
  IS(__wasi_path_link(ROOT, 0, "d/second", ROOT, "n/"), __WASI_ERRNO_NOENT);
  IS(__wasi_path_link(ROOT, 0, "none", ROOT, "n"), __WASI_ERRNO_NOENT);

  // Times of the link itself, and of what it leads to.
  OK(__wasi_path_filestat_set_times(ROOT, 0, "to-file", 0, 5000000000, __WASI_FSTFLAGS_MTIM));
  OK(__wasi_path_filestat_get(ROOT, 0, "to-file", &first));
  IS(first.mtim, 5000000000);
  OK(__wasi_path_filestat_get(ROOT, FOLLOW, "to-file", &second));
  IS(second.mtim != 5000000000, 1);
  OK(__wasi_path_filestat_set_times(ROOT, FOLLOW, "to-file", 7000000000, 6000000000, __WASI_FSTFLAGS_MTIM | __WASI_FSTFLAGS_ATIM));
  OK(__wasi_path_filestat_get(ROOT, 0, "d/inner/f", &second));
  IS(second.mtim, 6000000000);
  IS(second.atim, 7000000000);

  // Removing takes the link, not what it leads to.
  IS(__wasi_path_remove_directory(ROOT, "to-dir"), __WASI_ERRNO_NOTDIR);
  IS(__wasi_path_unlink_file(ROOT, "to-dir/"), __WASI_ERRNO_NOTDIR);
  OK(__wasi_path_unlink_file(ROOT, "to-dir"));
  IS(kind_of(ROOT, 0, "d/inner/f"), __WASI_FILETYPE_REGULAR_FILE);
  OK(__wasi_path_rename(ROOT, "to-file", ROOT, "d/moved"));
  IS(kind_of(ROOT, 0, "d/moved"), __WASI_FILETYPE_SYMBOLIC_LINK);
  puts("ok");
  return 0;
}
