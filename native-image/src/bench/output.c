#include "bench/output.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool output_open(struct output *output, const char *path, struct failure *why) {
    struct stat found;
    *output = (struct output){.path = path};
    if (path == NULL) return true;
    if (stat(path, &found) == 0 && !S_ISREG(found.st_mode)) return failed(why, "%.400s is no file; name another", path);
    int length = snprintf(output->temporary, sizeof output->temporary, "%s.%ld.part", path, (long)getpid());
    if (length < 0 || (size_t)length >= sizeof output->temporary)
        return failed(why, "%.80s...: the name is too long; choose a shorter one", path);
    output->file = fopen(output->temporary, "wxe");
    return output->file != NULL || failed(why, "%.400s cannot be written: %s", path, strerror(errno));
}

bool output_keep(struct output *output, struct failure *why) {
    if (output->file == NULL) return true;
    bool whole = fflush(output->file) == 0 && !ferror(output->file);
    whole = fclose(output->file) == 0 && whole;
    output->file = NULL;
    if (whole && rename(output->temporary, output->path) == 0) return true;
    failed(why, "%.400s could not be written: %s", output->path, strerror(errno));
    unlink(output->temporary);
    return false;
}

void output_forget(struct output *output) {
    if (output->file == NULL) return;
    fclose(output->file);
    unlink(output->temporary);
    output->file = NULL;
}
