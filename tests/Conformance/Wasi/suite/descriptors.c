// Descriptors: numbers, moving them, appending, sizes, and what is no file.
#include "check.h"

int main(void) {
  __wasi_fd_t one, two;
  __wasi_fdstat_t stat;
  __wasi_filesize_t at;
  __wasi_size_t count;
  make_file(ROOT, "one", "1");
  make_file(ROOT, "two", "22");
  OK(open_in(ROOT, "one", 0, 0, RW, &one));
  OK(open_in(ROOT, "two", 0, 0, RW, &two));
  OK(__wasi_fd_renumber(one, two));
  IS(__wasi_fd_close(one), __WASI_ERRNO_BADF);
  IS(__wasi_fd_renumber(two, one), __WASI_ERRNO_BADF);
  OK(__wasi_fd_seek(two, 0, __WASI_WHENCE_END, &at));
  IS(at, 1);
  IS(__wasi_fd_seek(two, -2, __WASI_WHENCE_CUR, &at), __WASI_ERRNO_INVAL);
  OK(__wasi_fd_seek(two, 100, __WASI_WHENCE_CUR, &at));
  IS(at, 101);
  OK(__wasi_fd_tell(two, &at));
  IS(at, 101);

  // Appending ignores where the descriptor stands; writing at a place does not move it.
  uint8_t text[] = "abc", back[8];
  __wasi_ciovec_t vectors[2] = {{text, 1}, {text + 1, 2}};
  OK(__wasi_fd_fdstat_set_flags(two, __WASI_FDFLAGS_APPEND));
  OK(__wasi_fd_write(two, vectors, 2, &count));
  OK(__wasi_fd_tell(two, &at));
  IS(at, 4);
  OK(__wasi_fd_fdstat_set_flags(two, 0));
  OK(__wasi_fd_pwrite(two, vectors, 1, 0, &count));
  OK(__wasi_fd_tell(two, &at));
  IS(at, 4);
  IS(read_at(two, back, sizeof back, 0), 4);
  IS(memcmp(back, "aabc", 4), 0);
  IS(__wasi_fd_fdstat_set_flags(two, 0x20), __WASI_ERRNO_INVAL);

  OK(__wasi_fd_allocate(two, 2, 10));
  IS(read_at(two, back, sizeof back, 10), 2);
  OK(__wasi_fd_filestat_set_size(two, 3));
  IS(read_at(two, back, sizeof back, 0), 3);
  OK(__wasi_fd_advise(two, 0, 3, __WASI_ADVICE_WILLNEED));
  IS(__wasi_fd_advise(two, 0, 3, 6), __WASI_ERRNO_INVAL);
  OK(__wasi_fd_sync(two));
  OK(__wasi_fd_datasync(two));
  IS(__wasi_fd_filestat_set_times(two, 1, 1, __WASI_FSTFLAGS_ATIM | __WASI_FSTFLAGS_ATIM_NOW), __WASI_ERRNO_INVAL);

  // A preopened directory can be moved onto and closed; streams cannot seek and are no sockets.
  OK(__wasi_fd_fdstat_get(1, &stat));
  IS(stat.fs_filetype == __WASI_FILETYPE_CHARACTER_DEVICE, 1);
  IS(stat.fs_rights_base & (__WASI_RIGHTS_FD_SEEK | __WASI_RIGHTS_FD_TELL), 0);
  IS(__wasi_fd_seek(1, 0, __WASI_WHENCE_CUR, &at) != 0, 1);
  IS(__wasi_sock_shutdown(1, __WASI_SDFLAGS_RD), __WASI_ERRNO_NOTSOCK);
  IS(__wasi_sock_shutdown(1000, __WASI_SDFLAGS_RD), __WASI_ERRNO_BADF);
  OK(__wasi_fd_renumber(0, two));
  OK(__wasi_fd_fdstat_get(two, &stat));
  IS(__wasi_fd_fdstat_get(0, &stat), __WASI_ERRNO_BADF);
  puts("ok");
  __wasi_prestat_t prestat;
  OK(__wasi_fd_close(ROOT));
  IS(__wasi_fd_prestat_get(ROOT, &prestat), __WASI_ERRNO_BADF);
  return 0;
}
