#ifndef PANTHEON_STATISTICS_TELEMETRY_ANSWERS_H
#define PANTHEON_STATISTICS_TELEMETRY_ANSWERS_H

#include <rte_telemetry.h>
#include <rte_version.h>

#include "statistics/telemetry.h"

#if RTE_VERSION < RTE_VERSION_NUM(23, 3, 0, 0)
#define rte_tel_data_add_dict_uint rte_tel_data_add_dict_u64 /* as it was called before 23.03 */
#endif

/* Of telemetry.h's commands those of which workers do the counting: each fills in the answer, for telemetry.c. */
void telemetry_drops(const struct telemetry *source, struct rte_tel_data *answer, const char *parameters);
void telemetry_workers(const struct telemetry *source, struct rte_tel_data *answer, const char *parameters);
void telemetry_profile(const struct telemetry *source, struct rte_tel_data *answer, const char *parameters);
void telemetry_exception(const struct telemetry *source, struct rte_tel_data *answer, const char *parameters);
void telemetry_neighbours(const struct telemetry *source, struct rte_tel_data *answer, const char *parameters);

#endif
