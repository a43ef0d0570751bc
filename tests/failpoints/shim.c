/* Stands between the program and the machine (LD_PRELOAD). Its disk: the nth call of one kind on a file below a folder fails with an
 * I/O error, once or from then on. Nothing of the program knows of it; what it does about it is what is tested.
 *
 *   SHIM_BELOW  only files whose path begins so
 *   SHIM_FAILS  fsync:3 (once), fsync:3+ (from then on); pread, pwrite, write, fsync, truncate, rename
 *   SHIM_LOG    a file that gets a line for each such call
 *   SHIM_CLOCK  a file with the seconds by which the clock is wrong, read anew whenever somebody asks the time */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

static atomic_int seen;

static int concerns(const char *path) {
  const char *below = getenv("SHIM_BELOW");
  return below && path && strncmp(path, below, strlen(below)) == 0;
}

/* Whether this call is the one that fails. */
static int fails(const char *kind, const char *path) {
  if (!concerns(path)) return 0;
  const char *log = getenv("SHIM_LOG");
  if (log) {
    char line[64];
    int length = snprintf(line, sizeof line, "%s\n", kind);
    int fd = syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_APPEND | O_CREAT, 0600);
    if (fd >= 0) {
      syscall(SYS_write, fd, line, length);
      syscall(SYS_close, fd);
    }
  }
  const char *wish = getenv("SHIM_FAILS");
  size_t length = strlen(kind);
  if (!wish || strncmp(wish, kind, length) != 0 || wish[length] != ':') return 0;
  int nth = atoi(wish + length + 1), now = atomic_fetch_add(&seen, 1) + 1;
  if (now != nth && !(now > nth && wish[strlen(wish) - 1] == '+')) return 0;
  errno = EIO;
  return 1;
}

static int fails_at(const char *kind, int fd) {
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return fails(kind, path);
}

#define REAL(type, name, ...) ((type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name))

#define READS(name, offset) \
  ssize_t name(int fd, void *to, size_t much, offset at) { \
    return fails_at("pread", fd) ? -1 : REAL(ssize_t, name, int, void *, size_t, offset)(fd, to, much, at); \
  }
#define WRITES(name, offset) \
  ssize_t name(int fd, const void *from, size_t much, offset at) { \
    return fails_at("pwrite", fd) ? -1 : REAL(ssize_t, name, int, const void *, size_t, offset)(fd, from, much, at); \
  }
#define SYNCS(name) \
  int name(int fd) { return fails_at("fsync", fd) ? -1 : REAL(int, name, int)(fd); }
#define CUTS(name, offset) \
  int name(int fd, offset to) { return fails_at("truncate", fd) ? -1 : REAL(int, name, int, offset)(fd, to); }

READS(pread, off_t)
READS(pread64, off64_t)
WRITES(pwrite, off_t)
WRITES(pwrite64, off64_t)
SYNCS(fsync)
SYNCS(fdatasync)
CUTS(ftruncate, off_t)
CUTS(ftruncate64, off64_t)

ssize_t write(int fd, const void *from, size_t much) {
  return fails_at("write", fd) ? -1 : REAL(ssize_t, write, int, const void *, size_t)(fd, from, much);
}

int rename(const char *from, const char *to) {
  return fails("rename", to) ? -1 : REAL(int, rename, const char *, const char *)(from, to);
}

int clock_gettime(clockid_t which, struct timespec *now) {
  int got = REAL(int, clock_gettime, clockid_t, struct timespec *)(which, now);
  const char *wrong = getenv("SHIM_CLOCK");
  if (got == 0 && which == CLOCK_REALTIME && wrong) {
    char text[32] = "";
    int fd = syscall(SYS_openat, AT_FDCWD, wrong, O_RDONLY);
    if (fd >= 0) {
      syscall(SYS_read, fd, text, sizeof text - 1);
      syscall(SYS_close, fd);
    }
    now->tv_sec += atoll(text);
  }
  return got;
}
