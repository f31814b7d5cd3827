// What the programs of this folder share: checks that name themselves, and calls of preview 1 with C strings.
#pragma once
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wasi/api.h>

#define ROOT 3
#define IS(actual, expected)                                                               \
  do {                                                                                     \
    long long a_ = (long long)(actual), e_ = (long long)(expected);                        \
    if (a_ != e_) {                                                                        \
      fprintf(stderr, "line %d: %s is %lld, not %lld\n", __LINE__, #actual, a_, e_);       \
      exit(1);                                                                             \
    }                                                                                      \
  } while (0)
#define OK(call) IS(call, __WASI_ERRNO_SUCCESS)

#define RW (__WASI_RIGHTS_FD_READ | __WASI_RIGHTS_FD_WRITE | __WASI_RIGHTS_FD_SEEK | __WASI_RIGHTS_FD_TELL | \
            __WASI_RIGHTS_FD_FILESTAT_GET | __WASI_RIGHTS_FD_FILESTAT_SET_SIZE | __WASI_RIGHTS_FD_FILESTAT_SET_TIMES | \
            __WASI_RIGHTS_FD_ALLOCATE | __WASI_RIGHTS_FD_ADVISE | __WASI_RIGHTS_FD_FDSTAT_SET_FLAGS)
#define FOLLOW __WASI_LOOKUPFLAGS_SYMLINK_FOLLOW
#define CREAT __WASI_OFLAGS_CREAT

static inline __wasi_errno_t open_in(__wasi_fd_t dir, const char *path, int lookup, int flags, __wasi_rights_t rights, __wasi_fd_t *fd) {
  __wasi_fdstat_t stat;
  __wasi_rights_t inheriting = __wasi_fd_fdstat_get(dir, &stat) == 0 ? stat.fs_rights_inheriting : 0;
  return __wasi_path_open(dir, lookup, path, flags, rights, inheriting, 0, fd);
}

static inline void make_file(__wasi_fd_t dir, const char *path, const char *text) {
  __wasi_fd_t fd;
  OK(open_in(dir, path, 0, CREAT | __WASI_OFLAGS_TRUNC, RW, &fd));
  __wasi_ciovec_t vector = {(const uint8_t *)text, strlen(text)};
  __wasi_size_t written;
  OK(__wasi_fd_write(fd, &vector, 1, &written));
  IS(written, strlen(text));
  OK(__wasi_fd_close(fd));
}

static inline __wasi_size_t read_at(__wasi_fd_t fd, void *into, size_t length, __wasi_filesize_t at) {
  __wasi_iovec_t vector = {into, length};
  __wasi_size_t count;
  OK(__wasi_fd_pread(fd, &vector, 1, at, &count));
  return count;
}

static inline __wasi_filetype_t kind_of(__wasi_fd_t dir, int lookup, const char *path) {
  __wasi_filestat_t stat;
  OK(__wasi_path_filestat_get(dir, lookup, path, &stat));
  return stat.filetype;
}
