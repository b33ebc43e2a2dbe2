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

#ifndef SOFTCUDA_PTX_INTERNAL_H
#define SOFTCUDA_PTX_INTERNAL_H

#include <setjmp.h>

#include "kernel_rt.h"
#include "ptx.h"

/** @file Shared by the translator's own files. */

typedef struct Token {
    const char *text;
    uint32_t length, line;
} Token;

/** kind: u(nsigned) s(igned) b(its) f(loat) h(alf) p(redicate), 0 = none. */
typedef struct Type {
    char kind;
    uint8_t size;
} Type;

#define TYPE_PRED ((Type){ 'p', 1 })
#define TYPE_U32  ((Type){ 'u', 4 })
#define TYPE_U64  ((Type){ 'u', 8 })

typedef struct Param {
    Token name;
    uint32_t align, size, offset;
} Param;

typedef struct Function {
    Token name;
    uint32_t nb_params, nb_returns;
    Param *params, *returns;
    uint32_t begin, end;        ///< tokens of the body, begin = 0 if none
    int is_entry, queued;
    uint32_t reqntid[3], maxntid;
} Function;

typedef struct Variable {
    Token name;
    uint32_t align, size, offset;
    int is_shared, is_extern, placed;
    uint32_t init, nb_init;     ///< tokens of the initialiser
    Type element;
} Variable;

struct PtxModule {
    char *text;
    Token *tokens;
    uint32_t nb_tokens;
    Function *functions;
    uint32_t nb_functions;
    Variable *variables;
    uint32_t nb_variables;
    uint32_t global_size;
    int sm, version;
    char *error;
    size_t error_size;
    jmp_buf fail;
};

enum RegisterKind { REG_VALUE, REG_BYTES, REG_SHARED };

/** A name declared in a body: "%r<12>" has count 12, "%SP" count -1. */
typedef struct Register {
    char name[96];
    int count;
    Type type;
    int scope;
    enum RegisterKind kind;
    uint32_t offset;
} Register;

typedef struct Arena Arena;

/** State of the translation of one kernel. */
typedef struct Translator {
    PtxModule *module;
    PtxString *out;
    PtxKernelInfo *info;
    Function *function;
    uint32_t pos;               ///< current token
    int scope;
    Register *registers;
    uint32_t nb_registers;
    uint32_t block;             ///< current basic block
    uint32_t weight[SC_CLASS_NB];
    Function **queue;           ///< device functions still to translate
    uint32_t nb_queue;
    Arena *arena;               ///< strings of the current instruction
} Translator;

enum OperandKind {
    OPERAND_NONE, OPERAND_REG, OPERAND_SPECIAL, OPERAND_INT, OPERAND_FLOAT,
    OPERAND_SYMBOL, OPERAND_VECTOR, OPERAND_ADDRESS, OPERAND_SINK
};

typedef struct Operand Operand;
struct Operand {
    enum OperandKind kind;
    int inverted, negated;
    Token token;
    uint64_t value;             ///< of a literal
    int64_t offset;             ///< of an address
    Register *reg;
    Operand *items;             ///< vector: elements; address: base, index
    int nb_items;
    Operand *second;            ///< q of a pair "p|q"
};

#define MAX_PARTS 12
#define MAX_OPERANDS 8

/** One instruction: "ld.global.v2.u32 {%r1, %r2}, [%rd1+8]". */
typedef struct Instruction {
    Token part[MAX_PARTS];
    int nb_parts;
    uint32_t token, line;
    Operand op[MAX_OPERANDS];
    int nb_ops;
    Type type;                  ///< last type of the mnemonic
} Instruction;

/* ptx_lex.c */
void ptx_fail(PtxModule *m, uint32_t token, const char *format, ...)
    __attribute__((noreturn, format(printf, 3, 4)));
void ptx_lex(PtxModule *m);
int token_is(Token t, const char *text);
int token_same(Token a, Token b);
int token_starts(Token t, const char *prefix);
Type token_type(Token t);
uint64_t token_number(PtxModule *m, uint32_t token);
uint32_t ptx_parse_param(PtxModule *m, uint32_t i, Param *p);
uint32_t align_up(uint32_t value, uint32_t align);

/* ptx_operand.c */
Token current(const Translator *c);
void expect(Translator *c, const char *text);
Register *add_register(Translator *c, Token name, int count, Type type,
                       enum RegisterKind kind, uint32_t offset);
Operand parse_operand(Translator *c);
void parse_operands(Translator *c, Instruction *in);

/* ptx_expr.c: C expressions; the strings live until arena_reset() */
const char *format(Translator *c, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void arena_reset(Translator *c);
void *arena_alloc(Translator *c, size_t size);
const char *c_name(Translator *c, Token t);
const char *c_type(Type t);
const char *read_as(Translator *c, const Operand *o, Type type);
void write_to(Translator *c, const Operand *o, Type type, const char *expr);
const char *address_of(Translator *c, const Operand *o);
void emit(Translator *c, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* ptx_insn.c */
typedef void Emitter(Translator *c, Instruction *in);
typedef struct EmitterEntry {
    const char *name;
    Emitter *emit;
    int nb_ops;                 ///< required operands, -1 = emitter checks
} EmitterEntry;
extern const EmitterEntry ptx_arith_table[], ptx_bits_table[],
                          ptx_convert_table[], ptx_memory_table[];
int has(const Instruction *in, const char *part);
Type type_from_end(const Instruction *in, int skip);
void unsupported(Translator *c, const Instruction *in)
    __attribute__((noreturn));
void count(Translator *c, int instruction_class);
const char *flush(Translator *c, const Instruction *in, const char *expr);
void write_float(Translator *c, const Instruction *in, Type type,
                 const char *expr);
void translate_instruction(Translator *c);

/* ptx_translate.c */
void end_block(Translator *c);

#endif /* SOFTCUDA_PTX_INTERNAL_H */
