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

#ifndef SOFTCUDA_PTX_H
#define SOFTCUDA_PTX_H

#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * PTX text to C: one C statement for each PTX instruction.
 *
 * Knows no driver state. Whatever PTX is not understood is refused with the
 * line it stands on; nothing is skipped silently.
 */

typedef struct PtxModule PtxModule;

/** A growing string. */
typedef struct PtxString {
    char *text;
    size_t length, capacity;
} PtxString;

/** What the driver needs to know about a translated kernel. */
typedef struct PtxKernelInfo {
    uint32_t param_size;        ///< bytes of all parameters
    uint32_t shared_size;       ///< bytes of static .shared
    uint32_t nb_blocks;         ///< basic blocks
    uint32_t nb_mem;            ///< memory instructions
    int uses_barrier;
    uint32_t reqntid[3];        ///< 0 where not required
    uint32_t maxntid;           ///< threads in a block, 0 = no limit
    uint32_t contractible;      ///< float mul, add and sub ptxas may fuse
    uint32_t fused;             ///< explicit fma
    uint32_t approx;            ///< instructions the hardware approximates
    uint32_t *block_weight;     ///< [nb_blocks][SC_CLASS_NB] instructions
    uint32_t *mem_line;         ///< [nb_mem] PTX line
    uint32_t nb_params;
    uint32_t *param_offset, *param_bytes;
} PtxKernelInfo;

/** What ptx_translate() returns. */
enum PtxResult {
    PTX_OK           =  0,
    PTX_UNSUPPORTED  = -1,      ///< the message names line and token
    PTX_NO_ENTRY     = -2,
};

/** Parse a module; NULL, and a message in error, when it is not understood. */
PtxModule *ptx_parse(const char *text, char *error, size_t error_size);
void ptx_free(PtxModule *module);

/** "sm_75" gives 75, ".version 7.8" gives 78. */
void ptx_target(const PtxModule *module, int *sm, int *version);

int ptx_nb_entries(const PtxModule *module);
/** Name of the i-th kernel, not terminated: its length is in *length. */
const char *ptx_entry_name(const PtxModule *module, int i, int *length);

/** Append the C of one kernel, and of what it calls, to out. */
int ptx_translate(PtxModule *module, const char *entry, PtxString *out,
                  PtxKernelInfo *info, char *error, size_t error_size);
void ptx_info_free(PtxKernelInfo *info);

/** Bytes of all .global and .const variables, their initial contents, and
 *  the place of one of them (1 if it exists). */
uint32_t ptx_global_size(const PtxModule *module);
void ptx_global_init(const PtxModule *module, uint8_t *dst);
int ptx_global_find(const PtxModule *module, const char *name,
                    uint32_t *offset, uint32_t *size);

void ptx_append(PtxString *string, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif /* SOFTCUDA_PTX_H */
