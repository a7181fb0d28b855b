/* opcode.h: the parts of opcodes that classic BPF and eBPF have in common
 * (linux/bpf_common.h). */
#ifndef BPFCAP_FILTER_OPCODE_H
#define BPFCAP_FILTER_OPCODE_H

#include "order.h"

unsigned opcode_alu(enum arith_op);   /* BPF_ADD …; not for comparisons */
unsigned opcode_jump(enum compare);   /* BPF_JEQ … */
unsigned opcode_size(unsigned bytes); /* BPF_B, BPF_H, BPF_W */

#endif
