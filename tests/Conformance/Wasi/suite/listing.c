// Directories with many entries through a small buffer, "." and "..", and cookies.
#include "check.h"

static int count_entries(__wasi_fd_t dir, size_t buffer_size, int *dots) {
  uint8_t buffer[512];
  __wasi_dircookie_t cookie = 0;
  int count = 0;
  for (;;) {
    __wasi_size_t used;
    OK(__wasi_fd_readdir(dir, buffer, buffer_size, cookie, &used));
    size_t at = 0;
    while (at + sizeof(__wasi_dirent_t) <= used) {
      __wasi_dirent_t entry;
      memcpy(&entry, buffer + at, sizeof entry);
      if (at + sizeof entry + entry.d_namlen > used) break;
      *dots += entry.d_namlen <= 2 && buffer[at + sizeof entry] == '.';
      at += sizeof entry + entry.d_namlen;
      cookie = entry.d_next;
      count++;
    }
    if (used < buffer_size) return count;
    IS(at > 0, 1);
  }
}

int main(void) {
  __wasi_fd_t dir, fd;
  int dots = 0;
  char name[32];
  OK(__wasi_path_create_directory(ROOT, "d"));
  OK(open_in(ROOT, "d", 0, __WASI_OFLAGS_DIRECTORY, 0x1fffffff & ~__WASI_RIGHTS_FD_WRITE, &dir));
  IS(count_entries(dir, 256, &dots), 2);
  IS(dots, 2);
  for (int i = 0; i < 500; i++) {
    snprintf(name, sizeof name, "file-%d", i);
    OK(open_in(dir, name, 0, CREAT | __WASI_OFLAGS_EXCL, RW, &fd));
    OK(__wasi_fd_close(fd));
  }
  IS(open_in(dir, "file-1", 0, CREAT | __WASI_OFLAGS_EXCL, RW, &fd), __WASI_ERRNO_EXIST);
  IS(count_entries(dir, 100, &dots), 502);
  IS(count_entries(dir, 512, &dots), 502);

  // The number of an entry is that of the file.
  uint8_t buffer[512];
  __wasi_size_t used;
  __wasi_filestat_t stat;
  __wasi_dirent_t entry;
  OK(__wasi_fd_readdir(dir, buffer, sizeof buffer, 0, &used));
  memcpy(&entry, buffer, sizeof entry);
  OK(__wasi_fd_filestat_get(dir, &stat));
  IS(entry.d_ino, stat.ino);
  IS(entry.d_type, __WASI_FILETYPE_DIRECTORY);
  IS(__wasi_path_remove_directory(ROOT, "d"), __WASI_ERRNO_NOTEMPTY);
  puts("ok");
  return 0;
}
