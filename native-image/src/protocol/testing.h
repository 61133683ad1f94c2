#ifndef PANTHEON_PROTOCOL_TESTING_H
#define PANTHEON_PROTOCOL_TESTING_H

/* What the tests of this folder share. cmocka.h wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>
#include <string.h>

#endif
