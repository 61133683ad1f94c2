#include "statistics/profile_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* O_NONBLOCK: a pipe that nobody reads would have the node wait. */
int profile_file_open(const char *path) {
    struct stat is;
    int file = open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0640);
    if (file < 0 || (fstat(file, &is) == 0 && S_ISREG(is.st_mode))) return file;
    close(file);
    errno = EINVAL;
    return -1;
}

bool profile_file_write(int file, const char *text, size_t length) {
    ssize_t written = pwrite(file, text, length, 0);
    if (written < 0) return false;
    if ((size_t)written < length) return errno = ENOSPC, false;
    return ftruncate(file, written) == 0;
}
