/* Preloaded by tests/cli/split360_disk.sh: notes in JOBSHIM_LOG what is flushed and
 * what gets its name, in order. Lets one call fail: of the program JOBSHIM_PROGRAM
 * the JOBSHIM_N-th JOBSHIM_CALL whose path holds JOBSHIM_PATH, or with 0 each of
 * them, with the errno JOBSHIM_ERRNO. Licence: LGPL-2.1-or-later. */

#define _GNU_SOURCE

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int count;

static void note(const char *call, const char *path)
{
    const char *log = getenv("JOBSHIM_LOG");
    char line[4200];
    int fd = log ? open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644) : -1;
    int n = snprintf(line, sizeof(line), "%s %s\n", call, path);

    if (fd >= 0 && write(fd, line, n) < 0)
        abort();
    if (fd >= 0)
        close(fd);
}

/* PART of a path, or with a '$' behind it its end. */
static int matches(const char *path, const char *part)
{
    size_t n = part ? strlen(part) : 0;

    if (!n || part[n - 1] != '$')
        return !n || strstr(path, part);
    n--;
    return strlen(path) >= n && !strncmp(path + strlen(path) - n, part, n);
}

static int fails(const char *call, const char *path)
{
    const char *program = getenv("JOBSHIM_PROGRAM"), *which = getenv("JOBSHIM_CALL");
    const char *part = getenv("JOBSHIM_PATH"), *n = getenv("JOBSHIM_N");

    if (!program || !which || strcmp(program, program_invocation_short_name) ||
        strcmp(which, call) || !matches(path, part) ||
        (__sync_add_and_fetch(&count, 1) != atoi(n) && atoi(n)))
        return 0;
    note("failed", call);
    errno = atoi(getenv("JOBSHIM_ERRNO"));
    return 1;
}

static const char *path_of(int fd)
{
    static __thread char path[4096];
    char link[64];
    ssize_t n;

    snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    n = readlink(link, path, sizeof(path) - 1);
    path[n < 0 ? 0 : n] = 0;
    return path;
}

#define REAL(name) __typeof__(name) *real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

int syncfs(int fd)
{
    REAL(syncfs);
    int ret = fails("syncfs", path_of(fd)) ? -1 : real(fd);

    if (!ret)
        note("syncfs", path_of(fd));
    return ret;
}

int fsync(int fd)
{
    REAL(fsync);

    return fails("fsync", path_of(fd)) ? -1 : real(fd);
}

int rename(const char *from, const char *to)
{
    REAL(rename);
    int ret = fails("rename", to) ? -1 : real(from, to);

    if (!ret)
        note("rename", to);
    return ret;
}

int renameat2(int fd, const char *from, int fd2, const char *to, unsigned flags)
{
    REAL(renameat2);
    int ret = fails("rename", to) ? -1 : real(fd, from, fd2, to, flags);

    if (!ret)
        note("rename", to);
    return ret;
}

ssize_t write(int fd, const void *buf, size_t size)
{
    REAL(write);

    return getenv("JOBSHIM_CALL") && fails("write", path_of(fd)) ? -1 :
           real(fd, buf, size);
}

int link(const char *from, const char *to)
{
    REAL(link);

    return fails("link", to) ? -1 : real(from, to);
}

int flock(int fd, int how)
{
    REAL(flock);

    return fails("flock", path_of(fd)) ? -1 : real(fd, how);
}
