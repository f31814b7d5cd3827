// Paths: dots, slashes, what leads out, renaming and removing.
#include "check.h"

int main(void) {
  __wasi_fd_t fd;
  OK(__wasi_path_create_directory(ROOT, "d"));
  OK(__wasi_path_create_directory(ROOT, "d/inner"));
  make_file(ROOT, "d/inner/f", "x");
  OK(open_in(ROOT, "d/.//inner/../../d/inner/../inner///./f", 0, 0, 0, &fd));
  OK(__wasi_fd_close(fd));
  IS(open_in(ROOT, "/d/inner/f", 0, 0, 0, &fd), __WASI_ERRNO_NOTCAPABLE);
  IS(open_in(ROOT, "d/inner/../../../d/inner/f", 0, 0, 0, &fd), __WASI_ERRNO_NOTCAPABLE);
  IS(open_in(ROOT, "", 0, 0, 0, &fd), __WASI_ERRNO_NOENT);
  IS(open_in(ROOT, "d/inner/f/", 0, 0, 0, &fd), __WASI_ERRNO_NOTDIR);
  IS(open_in(ROOT, "d/inner/f/x", 0, 0, 0, &fd), __WASI_ERRNO_NOTDIR);
  OK(open_in(ROOT, "d/inner///", 0, 0, 0, &fd));
  OK(__wasi_fd_close(fd));
  IS(open_in(ROOT, "none/f", 0, CREAT, RW, &fd), __WASI_ERRNO_NOENT);
  OK(open_in(ROOT, "d/inner/f", 0, 0, RW, &fd));
  __wasi_fd_t below;
  IS(__wasi_path_open(fd, 0, "g", CREAT, 0, 0, 0, &below), __WASI_ERRNO_NOTDIR);
  OK(__wasi_fd_close(fd));

  IS(__wasi_path_create_directory(ROOT, "d"), __WASI_ERRNO_EXIST);
  IS(__wasi_path_unlink_file(ROOT, "d"), __WASI_ERRNO_ISDIR);
  IS(__wasi_path_unlink_file(ROOT, "d/"), __WASI_ERRNO_ISDIR);
  IS(__wasi_path_unlink_file(ROOT, "d/inner/f/"), __WASI_ERRNO_NOTDIR);
  IS(__wasi_path_remove_directory(ROOT, "d/inner/f"), __WASI_ERRNO_NOTDIR);
  IS(__wasi_path_remove_directory(ROOT, "d/inner/f/"), __WASI_ERRNO_NOTDIR);
  IS(__wasi_path_remove_directory(ROOT, "d"), __WASI_ERRNO_NOTEMPTY);

  // Renaming.
  IS(__wasi_path_rename(ROOT, "d", ROOT, "d/inner/d"), __WASI_ERRNO_INVAL);
  IS(__wasi_path_rename(ROOT, "d/inner", ROOT, "d/inner/f/x") != 0, 1);
  OK(__wasi_path_create_directory(ROOT, "empty"));
  IS(__wasi_path_rename(ROOT, "d/inner/f", ROOT, "empty"), __WASI_ERRNO_ISDIR);
  IS(__wasi_path_rename(ROOT, "empty", ROOT, "d/inner/f"), __WASI_ERRNO_NOTDIR);
  IS(__wasi_path_rename(ROOT, "empty", ROOT, "d"), __WASI_ERRNO_NOTEMPTY);
  OK(__wasi_path_rename(ROOT, "d/", ROOT, "empty/"));
  IS(kind_of(ROOT, 0, "empty/inner/f"), __WASI_FILETYPE_REGULAR_FILE);
  OK(__wasi_path_rename(ROOT, "empty/inner/f", ROOT, "f"));
  make_file(ROOT, "g", "gg");
  OK(__wasi_path_rename(ROOT, "f", ROOT, "g"));
  __wasi_filestat_t stat;
  OK(__wasi_path_filestat_get(ROOT, 0, "g", &stat));
  IS(stat.size, 1);
  IS(__wasi_path_rename(ROOT, "f", ROOT, "g"), __WASI_ERRNO_NOENT);
  IS(__wasi_path_rename(ROOT, "g", ROOT, "h/"), __WASI_ERRNO_NOTDIR);

  // A file that is removed lives on while it is open.
  OK(open_in(ROOT, "g", 0, 0, RW, &fd));
  OK(__wasi_path_unlink_file(ROOT, "g"));
  char byte;
  IS(read_at(fd, &byte, 1, 0), 1);
  OK(__wasi_fd_filestat_get(fd, &stat));
  IS(stat.nlink, 0);
  puts("ok");
  return 0;
}
