// Rights of descriptors: what they start with, that they only shrink, and that they count.
#include "check.h"

int main(void) {
  __wasi_fdstat_t stat;
  __wasi_fd_t dir, fd;
  OK(__wasi_fd_fdstat_get(ROOT, &stat));
  IS(stat.fs_filetype, __WASI_FILETYPE_DIRECTORY);
  IS(stat.fs_flags, 0);
  IS(stat.fs_rights_base & (__WASI_RIGHTS_FD_SEEK | __WASI_RIGHTS_FD_FILESTAT_SET_SIZE | __WASI_RIGHTS_FD_WRITE), 0);
  IS((stat.fs_rights_base & __WASI_RIGHTS_PATH_SYMLINK) != 0, 1);
  IS((stat.fs_rights_inheriting & RW) == RW, 1);

  OK(__wasi_path_create_directory(ROOT, "d"));
  OK(__wasi_path_open(ROOT, 0, "d", __WASI_OFLAGS_DIRECTORY, stat.fs_rights_base, stat.fs_rights_inheriting, 0, &dir));
  IS(__wasi_path_open(ROOT, 0, "d", __WASI_OFLAGS_DIRECTORY, __WASI_RIGHTS_FD_READ | __WASI_RIGHTS_FD_WRITE, 0, 0, &fd), __WASI_ERRNO_ISDIR);
  make_file(dir, "f", "content");

  // A file that is opened for one of them has only that.
  uint8_t byte = 'x';
  __wasi_iovec_t in = {&byte, 1};
  __wasi_ciovec_t out = {&byte, 1};
  __wasi_size_t count;
  OK(__wasi_path_open(dir, 0, "f", 0, __WASI_RIGHTS_FD_READ, 0, 0, &fd));
  OK(__wasi_fd_read(fd, &in, 1, &count));
  IS(__wasi_fd_write(fd, &out, 1, &count) != 0, 1);
  OK(__wasi_fd_close(fd));
  OK(__wasi_path_open(dir, 0, "f", 0, __WASI_RIGHTS_FD_WRITE, 0, 0, &fd));
  OK(__wasi_fd_write(fd, &out, 1, &count));
  IS(__wasi_fd_read(fd, &in, 1, &count) != 0, 1);
  OK(__wasi_fd_close(fd));

  // Dropped rights are gone, for itself and for what is opened through it.
  OK(open_in(dir, "f", 0, 0, RW, &fd));
  OK(__wasi_fd_fdstat_set_rights(fd, RW & ~__WASI_RIGHTS_FD_WRITE, 0));
  IS(__wasi_fd_write(fd, &out, 1, &count), __WASI_ERRNO_NOTCAPABLE);
  IS(__wasi_fd_fdstat_set_rights(fd, RW, 0), __WASI_ERRNO_NOTCAPABLE);
  OK(__wasi_fd_close(fd));
  __wasi_rights_t less = stat.fs_rights_base & ~__WASI_RIGHTS_PATH_FILESTAT_SET_SIZE;
  OK(__wasi_fd_fdstat_set_rights(dir, less, stat.fs_rights_inheriting & ~__WASI_RIGHTS_FD_WRITE));
  IS(__wasi_fd_fdstat_set_rights(dir, less, stat.fs_rights_inheriting), __WASI_ERRNO_NOTCAPABLE);
  IS(__wasi_path_open(dir, 0, "f", __WASI_OFLAGS_TRUNC, 0, 0, 0, &fd), __WASI_ERRNO_NOTCAPABLE);
  OK(open_in(dir, "f", 0, 0, RW, &fd));
  IS(__wasi_fd_write(fd, &out, 1, &count), __WASI_ERRNO_NOTCAPABLE);
  OK(__wasi_fd_close(fd));

  // Functions that are for files, on a directory.
  __wasi_filesize_t at;
  IS(__wasi_fd_seek(dir, 0, __WASI_WHENCE_CUR, &at), __WASI_ERRNO_ISDIR);
  IS(__wasi_fd_read(dir, &in, 1, &count), __WASI_ERRNO_ISDIR);
  IS(__wasi_fd_allocate(dir, 0, 1), __WASI_ERRNO_ISDIR);
  IS(__wasi_fd_filestat_set_size(dir, 0), __WASI_ERRNO_ISDIR);

  // Flags that are none.
  IS(__wasi_path_open(ROOT, 0, "d", 0x10, 0, 0, 0, &fd), __WASI_ERRNO_INVAL);
  IS(__wasi_path_open(ROOT, 0, "d", 0, 0, 0, 0x20, &fd), __WASI_ERRNO_INVAL);
  puts("ok");
  return 0;
}
