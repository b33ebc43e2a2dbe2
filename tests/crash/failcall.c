/*
 * Copyright (c) 2026 the v360batch authors
 *
 * This file is part of FFmpeg.
 *
 * FFmpeg is free software; you can redistribute it and/or
 * modify it under the terms of the GNU Lesser General Public
 * License as published by the Free Software Foundation; either
 * version 2.1 of the License, or (at your option) any later version.
 *
 * FFmpeg is distributed in the hope that it will be useful,
 * but WITHOUT ANY WARRANTY; without even the implied warranty of
 * MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the GNU
 * Lesser General Public License for more details.
 *
 * You should have received a copy of the GNU Lesser General Public
 * License along with FFmpeg; if not, write to the Free Software
 * Foundation, Inc., 51 Franklin Street, Fifth Floor, Boston, MA 02110-1301 USA
 */

/**
 * @file
 * Preloaded into all programs of a job (LD_PRELOAD): the n-th call of a kind
 * fails, or all of the process group is killed there. Environment:
 *   FAILCALL          open, read, write, fsync, syncfs, close, rename, link,
 *                     unlink, mkdir, stat, opendir, flock, fork or waitpid, of
 *                     which the path is the current folder; several with commas
 *   FAILCALL_COUNT    a file of 8 bytes, in which calls are counted over all
 *                     processes; 0 at the beginning
 *   FAILCALL_NUMBER   which call, from 1 on; -1: each of them; 0: calls are
 *                     only counted
 *   FAILCALL_ACTION   a number of errno.h; "before" or "after": all are killed
 *                     there; "self-before", "self-after": only the program is;
 *                     "signal-N": the program gets signal N after it
 *   FAILCALL_PROGRAM  only in programs of this name, or with a leading "-"
 *                     in all others
 *   FAILCALL_MATCH    only calls of paths that contain this, or that end with
 *                     it where it ends with a "$"
 *   FAILCALL_LOG      gets a line when the call has failed
 *   FAILCALL_TRACE    gets a line for each call that is counted
 */

#define _GNU_SOURCE // RTLD_NEXT, renameat2, program_invocation_short_name

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define IO_ERROR 0x20 ///< glibc's _IO_ERR_SEEN, which ferror() looks at

static const char *kinds, *match, *action, *log_path, *trace_path;
static _Atomic long *count;
static long number;

/* The function that this one stands for. */
#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static int for_this_program(const char *name)
{
    const int others = name && *name == '-';
    int same;

    if (!name || !*name)
        return 1;
    same = !strcmp(name + others, program_invocation_short_name);
    return same != others;
}

__attribute__((constructor)) static void begin(void)
{
    const char *path = getenv("FAILCALL_COUNT");
    int fd;

    if (!path || !for_this_program(getenv("FAILCALL_PROGRAM")))
        return;
    fd = syscall(SYS_openat, AT_FDCWD, path, O_RDWR);
    if (fd < 0)
        return;
    count = mmap(NULL, sizeof(*count), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    syscall(SYS_close, fd);
    if (count == MAP_FAILED)
        return;
    match      = getenv("FAILCALL_MATCH");
    action     = getenv("FAILCALL_ACTION");
    log_path   = getenv("FAILCALL_LOG");
    trace_path = getenv("FAILCALL_TRACE");
    number     = atol(getenv("FAILCALL_NUMBER"));
    kinds      = getenv("FAILCALL");
}

static int listed(const char *kind)
{
    const char *at = kinds;
    const size_t length = strlen(kind);

    while (at && (strncmp(at, kind, length) || (at[length] && at[length] != ',')))
        at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL;
    return !!at;
}

static void tell(const char *file, const char *kind, const char *path)
{
    char line[600];
    int length, fd;

    if (!file)
        return;
    length = snprintf(line, sizeof(line), "%s: %s %s\n",
                      program_invocation_short_name, kind, path);
    fd = syscall(SYS_openat, AT_FDCWD, file, O_WRONLY | O_CREAT | O_APPEND, 0644);
    syscall(SYS_write, fd, line, length < (int)sizeof(line) ? length : (int)sizeof(line));
    syscall(SYS_close, fd);
}

/* The path of an open file or folder, with a slash; else nothing. */
static void path_of(int fd, char *buf, size_t size)
{
    char link[40];
    ssize_t length;

    snprintf(link, sizeof(link), fd == AT_FDCWD ? "/proc/self/cwd" : "/proc/self/fd/%d", fd);
    length = readlink(link, buf, size - 1);
    buf[length > 0 && *buf == '/' ? length : 0] = 0;
}

static int matches(const char *path)
{
    const size_t length = match ? strlen(match) : 0, whole = strlen(path);

    if (!length || match[length - 1] != '$')
        return !length || strstr(path, match);
    return whole >= length - 1 && !strncmp(path + whole - (length - 1), match, length - 1);
}

/* Whether this call is the one: of PATH, as seen from the folder FD, or of FD. */
static int is_it(const char *kind, int fd, const char *path)
{
    char full[1024] = "";

    if (!kinds || !listed(kind))
        return 0;
    if (!path || *path != '/')
        path_of(fd, full, sizeof(full));
    if (path)
        snprintf(full + strlen(full), sizeof(full) - strlen(full), "/%s",
                 path + (*path == '/'));
    if (!*full || !matches(full))
        return 0;
    tell(trace_path, kind, full);
    if (atomic_fetch_add(count, 1) + 1 != number && number != -1)
        return 0;
    tell(log_path, kind, full);
    return 1;
}

/* Kill the process group, or only this process. */
static void die(void)
{
    syscall(SYS_kill, strncmp(action, "self", 4) ? 0 : getpid(), SIGKILL);
}

static int is_action(const char *at)
{
    return !strcmp(action, at) || (!strncmp(action, "self-", 5) && !strcmp(action + 5, at));
}

/* Before the call: whether it fails. After it: the end, if it is to be there. */
static int fails(int now)
{
    if (!now || is_action("after") || !strncmp(action, "signal-", 7))
        return 0;
    if (is_action("before"))
        die();
    errno = atoi(action);
    return 1;
}

static void done(int now)
{
    if (now && is_action("after"))
        die();
    if (now && !strncmp(action, "signal-", 7))
        syscall(SYS_kill, getpid(), atoi(action + 7));
}

/* A call of a path, as seen from the folder fd, or of a file. */
#define CALL(type, kind, name, fd, path, params, args, failed) \
type name params                                               \
{                                                              \
    const int now = is_it(kind, fd, path);                     \
    type ret;                                                  \
                                                               \
    if (fails(now))                                            \
        return failed;                                         \
    ret = REAL(name) args;                                     \
    done(now);                                                 \
    return ret;                                                \
}

#define HERE AT_FDCWD

CALL(int, "rename", rename, HERE, to, (const char *from, const char *to), (from, to), -1)
CALL(int, "rename", renameat, b, to,
     (int a, const char *from, int b, const char *to), (a, from, b, to), -1)
CALL(int, "rename", renameat2, b, to,
     (int a, const char *from, int b, const char *to, unsigned flags),
     (a, from, b, to, flags), -1)
CALL(int, "link", link, HERE, to, (const char *from, const char *to), (from, to), -1)
CALL(int, "link", linkat, b, to,
     (int a, const char *from, int b, const char *to, int flags),
     (a, from, b, to, flags), -1)
CALL(int, "unlink", unlink, HERE, path, (const char *path), (path), -1)
CALL(int, "unlink", unlinkat, fd, path, (int fd, const char *path, int flags),
     (fd, path, flags), -1)
CALL(int, "unlink", rmdir, HERE, path, (const char *path), (path), -1)
CALL(int, "mkdir", mkdir, HERE, path, (const char *path, mode_t mode), (path, mode), -1)
CALL(int, "mkdir", mkdirat, fd, path, (int fd, const char *path, mode_t mode),
     (fd, path, mode), -1)
CALL(int, "stat", stat, HERE, path, (const char *path, struct stat *st), (path, st), -1)
CALL(int, "stat", stat64, HERE, path, (const char *path, struct stat64 *st), (path, st), -1)
CALL(int, "stat", lstat, HERE, path, (const char *path, struct stat *st), (path, st), -1)
CALL(int, "stat", lstat64, HERE, path, (const char *path, struct stat64 *st), (path, st), -1)
CALL(int, "stat", fstat, fd, NULL, (int fd, struct stat *st), (fd, st), -1)
CALL(int, "stat", fstat64, fd, NULL, (int fd, struct stat64 *st), (fd, st), -1)
CALL(int, "stat", fstatat, fd, path,
     (int fd, const char *path, struct stat *st, int flags), (fd, path, st, flags), -1)
CALL(int, "stat", fstatat64, fd, path,
     (int fd, const char *path, struct stat64 *st, int flags), (fd, path, st, flags), -1)
CALL(DIR *, "opendir", opendir, HERE, path, (const char *path), (path), NULL)
CALL(DIR *, "opendir", fdopendir, fd, NULL, (int fd), (fd), NULL)
CALL(int, "opendir", scandir, HERE, path,
     (const char *path, struct dirent ***list, int (*f)(const struct dirent *),
      int (*c)(const struct dirent **, const struct dirent **)),
     (path, list, f, c), -1)
CALL(int, "opendir", scandir64, HERE, path,
     (const char *path, struct dirent64 ***list, int (*f)(const struct dirent64 *),
      int (*c)(const struct dirent64 **, const struct dirent64 **)),
     (path, list, f, c), -1)
CALL(int, "opendir", scandirat, fd, path,
     (int fd, const char *path, struct dirent ***list, int (*f)(const struct dirent *),
      int (*c)(const struct dirent **, const struct dirent **)),
     (fd, path, list, f, c), -1)
CALL(int, "opendir", scandirat64, fd, path,
     (int fd, const char *path, struct dirent64 ***list,
      int (*f)(const struct dirent64 *),
      int (*c)(const struct dirent64 **, const struct dirent64 **)),
     (fd, path, list, f, c), -1)
CALL(FILE *, "open", fopen, HERE, path, (const char *path, const char *mode),
     (path, mode), NULL)
CALL(FILE *, "open", fopen64, HERE, path, (const char *path, const char *mode),
     (path, mode), NULL)
CALL(int, "fsync", fsync, fd, NULL, (int fd), (fd), -1)
CALL(int, "fsync", fdatasync, fd, NULL, (int fd), (fd), -1)
CALL(int, "syncfs", syncfs, fd, NULL, (int fd), (fd), -1)
CALL(pid_t, "fork", fork, HERE, NULL, (void), (), -1)
CALL(pid_t, "waitpid", waitpid, HERE, NULL, (pid_t pid, int *status, int options),
     (pid, status, options), -1)
CALL(int, "flock", flock, fd, NULL, (int fd, int how), (fd, how), -1)
CALL(ssize_t, "write", write, fd, NULL, (int fd, const void *buf, size_t size),
     (fd, buf, size), -1)
CALL(ssize_t, "read", read, fd, NULL, (int fd, void *buf, size_t size),
     (fd, buf, size), -1)
CALL(ssize_t, "read", pread, fd, NULL, (int fd, void *buf, size_t size, off_t at),
     (fd, buf, size, at), -1)
CALL(ssize_t, "read", pread64, fd, NULL, (int fd, void *buf, size_t size, off64_t at),
     (fd, buf, size, at), -1)

#define OPEN(name, fd, params, args)         \
int name params                              \
{                                            \
    const int now = is_it("open", fd, path); \
    va_list list;                            \
    int mode, ret;                           \
                                             \
    va_start(list, flags);                   \
    mode = va_arg(list, int);                \
    va_end(list);                            \
    if (fails(now))                          \
        return -1;                           \
    ret = REAL(name) args;                   \
    done(now);                               \
    return ret;                              \
}

OPEN(open, HERE, (const char *path, int flags, ...), (path, flags, mode))
OPEN(open64, HERE, (const char *path, int flags, ...), (path, flags, mode))
OPEN(openat, fd, (int fd, const char *path, int flags, ...), (fd, path, flags, mode))
OPEN(openat64, fd, (int fd, const char *path, int flags, ...), (fd, path, flags, mode))

/* The file is closed all the same, as the kernel does it. */
int close(int fd)
{
    const int now = is_it("close", fd, NULL);
    const int failed = fails(now), error = errno;
    const int ret = REAL(close)(fd);

    done(now);
    errno = failed ? error : errno;
    return failed ? -1 : ret;
}

/* stdio calls the kernel by ways of its own. */
static int stream_fails(FILE *file, int now)
{
    if (!now || !fails(now))
        return 0;
    file->_flags |= IO_ERROR;
    return 1;
}

int fflush(FILE *file)
{
    const int now = file && is_it("write", fileno(file), NULL);

    return stream_fails(file, now) ? EOF : REAL(fflush)(file);
}

size_t fread(void *buf, size_t size, size_t n, FILE *file)
{
    const int now = is_it("read", fileno(file), NULL);

    return stream_fails(file, now) ? 0 : REAL(fread)(buf, size, n, file);
}

ssize_t getdelim(char **line, size_t *size, int end, FILE *file)
{
    const int now = is_it("read", fileno(file), NULL);

    return stream_fails(file, now) ? -1 : REAL(getdelim)(line, size, end, file);
}

ssize_t getline(char **line, size_t *size, FILE *file)
{
    return getdelim(line, size, '\n', file);
}

int fclose(FILE *file)
{
    const int now = is_it("close", fileno(file), NULL);
    const int failed = fails(now), error = errno;
    const int ret = REAL(fclose)(file);

    errno = failed ? error : errno;
    return failed ? EOF : ret;
}
