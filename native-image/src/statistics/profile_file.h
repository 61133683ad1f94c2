#ifndef PANTHEON_STATISTICS_PROFILE_FILE_H
#define PANTHEON_STATISTICS_PROFILE_FILE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The file of a profile: opened once, and written over in place. A text that takes another's place by rename would be whole at
 * any time, but wants a folder in which the node may make and take away files, and that is /var/log: the service may write this
 * one file there, and nothing else (components/host/agent, serviceunit.py). So each text is one write, and all are as long
 * (statistics/profile.h).
 */

/* Made where it is not there. Follows no link, and takes nothing but a plain file. -1 where it cannot be had, errno says why. */
int profile_file_open(const char *path);

/* In the place of all that was in it. False where it was not written whole, errno says why. */
bool profile_file_write(int file, const char *text, size_t length);

#endif
