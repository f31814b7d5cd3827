// Arguments, environment, clocks, waiting, and the end.
#include "check.h"
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv) {
  IS(argc, 3);
  IS(strcmp(argv[1], "one"), 0);
  IS(strcmp(argv[2], "two words"), 0);
  IS(strcmp(getenv("NAME"), "value=1"), 0);
  IS(getenv("OTHER") == NULL, 1);
  struct timespec before, after, resolution;
  IS(clock_getres(CLOCK_MONOTONIC, &resolution), 0);
  IS(clock_gettime(CLOCK_MONOTONIC, &before), 0);
  IS(usleep(20000), 0);
  IS(clock_gettime(CLOCK_MONOTONIC, &after), 0);
  IS((after.tv_sec - before.tv_sec) * 1000000000LL + after.tv_nsec - before.tv_nsec >= 19000000, 1);
  IS(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after), 0);

  // Standard output is ready before any clock.
  __wasi_subscription_t in[2] = {
      {.userdata = 7, .u = {.tag = __WASI_EVENTTYPE_FD_WRITE, .u.fd_write.file_descriptor = 1}},
      {.userdata = 8, .u = {.tag = __WASI_EVENTTYPE_CLOCK, .u.clock = {.id = __WASI_CLOCKID_MONOTONIC, .timeout = 10000000000}}}};
  __wasi_event_t out[2];
  __wasi_size_t count;
  OK(__wasi_poll_oneoff(in, out, 2, &count));
  IS(count, 1);
  IS(out[0].userdata, 7);
  IS(out[0].error, 0);
  IS(__wasi_poll_oneoff(in, out, 0, &count), __WASI_ERRNO_INVAL);

  char line[64];
  IS(fgets(line, sizeof line, stdin) != NULL, 1);
  printf("got %s", line);
  fputs("to stderr\n", stderr);
  return 33;
}
