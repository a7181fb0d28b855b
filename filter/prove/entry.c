/* entry.c: the module's one variable. */
#include "engine.h"
#include "module.h"

extern FILTER_API const struct prover_module filter_prover;

const struct prover_module filter_prover = PROVER_MODULE(engine_prove, engine_diff);
