#ifndef PANTHEON_BENCH_SUBJECT_FILES_H
#define PANTHEON_BENCH_SUBJECT_FILES_H

#include "bench/subject.h"

/* The two configuration files of the node that is measured; for subject.c alone. Everything is in subject->folder. */
bool subject_files_write(const struct subject *subject, const struct subject_settings *settings);

/* The folder with all that is in it. */
void subject_files_remove(const struct subject *subject);

#endif
