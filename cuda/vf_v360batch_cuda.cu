/*
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

#include "vf_v360batch_cuda.h"

/*
 * The arithmetic is that of v360batchdsp.c, bit for bit; the proofs that no
 * sum overflows are there. Loads are written as assembly: they bypass the
 * generic address space and extend a sample to 32 bits for nothing, and what
 * they read is constant during a launch. Compiles with clang and nvcc.
 */

#ifndef __launch_bounds__
#define __launch_bounds__(...) __attribute__((launch_bounds(__VA_ARGS__)))
#endif

#define DEVICE static inline __device__

#define FIELD(p, type, member) ((p) + __builtin_offsetof(type, member))

typedef V360CudaPtr Ptr;

DEVICE int load_int(Ptr p)
{
    int v;
    asm("ld.global.nc.s32 %0, [%1];" : "=r"(v) : "l"(p));
    return v;
}

DEVICE Ptr load_ptr(Ptr p)
{
    Ptr v;
    asm("ld.global.nc.u64 %0, [%1];" : "=l"(v) : "l"(p));
    return v;
}

DEVICE V360CudaPoint load_point(Ptr p)
{
    V360CudaPoint v;
    asm("ld.global.nc.v2.u32 {%0, %1}, [%2];"
        : "=r"(v.x), "=r"(v.y) : "l"(p));
    return v;
}

DEVICE void load_weights(int w[4], Ptr setup, int phase)
{
    asm("ld.global.nc.v4.s16 {%0, %1, %2, %3}, [%4];"
        : "=r"(w[0]), "=r"(w[1]), "=r"(w[2]), "=r"(w[3])
        : "l"(FIELD(setup, V360CudaSetup, weights) + (unsigned)phase * 8));
}

DEVICE int load_weight(Ptr setup, int phase, int tap)
{
    int v;
    asm("ld.global.nc.s16 %0, [%1];" : "=r"(v)
        : "l"(FIELD(setup, V360CudaSetup, weights) +
              (unsigned)(phase * 8 + tap * 2)));
    return v;
}

DEVICE void store_word(Ptr p, unsigned v)
{
    asm volatile("st.global.u32 [%0], %1;" : : "l"(p), "r"(v) : "memory");
}

template<int SELECT> DEVICE unsigned permute(unsigned a, unsigned b)
{
    unsigned v;
    asm("prmt.b32 %0, %1, %2, %3;" : "=r"(v) : "r"(a), "r"(b), "n"(SELECT));
    return v;
}

/* As assembly, so that no compiler puts sums into an order that needs more
 * instructions. */
DEVICE int mad(int a, int b, int c)
{
    int v;
    asm("mad.lo.s32 %0, %1, %2, %3;" : "=r"(v) : "r"(a), "r"(b), "r"(c));
    return v;
}

/* The components of the sample OFFSET bytes after p. */
template<int BITS, int COMPS, int OFFSET> struct Sample;

#define SAMPLE(bits, comps, type, values, ...)                            \
template<int OFFSET> struct Sample<bits, comps, OFFSET> {                 \
    static inline __device__ void load(int *v, Ptr p)                     \
    {                                                                     \
        asm("ld.global.nc." type " " values ", [%" #comps "+%" __VA_ARGS__ \
            : "l"(p), "n"(OFFSET));                                       \
    }                                                                     \
};

SAMPLE( 8, 1, "u8",  "%0",                "2];" : "=r"(v[0]))
SAMPLE(16, 1, "u16", "%0",                "2];" : "=r"(v[0]))
SAMPLE( 8, 2, "v2.u8",  "{%0, %1}",       "3];" : "=r"(v[0]), "=r"(v[1]))
SAMPLE(16, 2, "v2.u16", "{%0, %1}",       "3];" : "=r"(v[0]), "=r"(v[1]))
SAMPLE( 8, 4, "v4.u8",  "{%0, %1, %2, %3}", "5];"
       : "=r"(v[0]), "=r"(v[1]), "=r"(v[2]), "=r"(v[3]))

/* What is the same for a plane of all frames and for all its samples. */
struct Plane {
    int linesize;
    int depth, shift, max;
    Ptr setup;
};

/* 8 bit: in units of 1 / 65536, so that a byte of the sum is the result. */
template<int BITS> DEVICE void line_weights(int w[4], int fx, int fy)
{
    if (BITS == 8) {
        w[3] = (fx * fy + 2) & ~3;
        w[1] = 256 * fx - w[3];
        w[2] = 256 * fy - w[3];
        w[0] = 65536 - 256 * fx - w[2];
    } else {
        w[3] = (fx * fy + 2) >> 2;
        w[1] = 64 * fx - w[3];
        w[2] = 64 * fy - w[3];
        w[0] = 16384 - 64 * fx - w[2];
    }
}

/* One of them in units of 1 / 16384: of column i and row j. */
DEVICE int line_weight(int fx, int fy, int i, int j)
{
    const int both  = (fx * fy + 2) >> 2;
    const int below = i ? both : 64 * fy - both;

    return j ? below : (i ? 64 * fx : 16384 - 64 * fx) - below;
}

DEVICE int line_end(int sum, const Plane &p)
{
    sum >>= 14 + p.shift;
    return (sum < p.max ? sum : p.max) << p.shift;
}

/* 8 bit: the result is byte 2. */
template<int BITS> DEVICE int line_sum(const int w[4], int a, int b, int c,
                                       int d, const Plane &p)
{
    int sum = BITS == 8 ? 32768 : 8192 << p.shift;

    sum = mad(w[3], d, mad(w[2], c, mad(w[1], b, mad(w[0], a, sum))));
    return BITS == 8 ? sum : line_end(sum, p);
}

template<int BITS> DEVICE int cube_row(const int w[4], int a, int b, int c,
                                       int d, const Plane &p)
{
    const int bias  = BITS == 8 ? 0 : 1 << (p.depth - 1);
    const int shift = BITS == 8 ? 8 : p.depth - 3;
    int sum = mad(w[0], a - bias, 1 << (shift - 1));

    sum = mad(w[3], d - bias, mad(w[2], c - bias, mad(w[1], b - bias, sum)));
    return sum >> shift;
}

template<int BITS> DEVICE int cube_end(int sum, const Plane &p)
{
    const int shift = (BITS == 8 ? 20 : 31 - p.depth) + p.shift;

    sum = ((sum + (1 << (shift - 1))) >> shift) +
          ((BITS == 8 ? 0 : 1 << (p.depth - 1)) >> p.shift);
    sum = sum < 0 ? 0 : sum;
    return (sum < p.max ? sum : p.max) << p.shift;
}

/* What a thread makes: a word of a row, for the views of a job. */
struct Word {
    Ptr job, points;
    int kind, row;
    unsigned x;             /* of the word in its row, bytes */
    int view, end;
};

/*
 * The samples of a word, all taps inside. X and Y are positions whose phases
 * count, src the address of their tap 0.
 */
template<int BITS, int COMPS, int TAPS> struct Inside {
    enum { STEP = COMPS * BITS / 8, N = 4 / STEP };

    static inline __device__ void near(int *v, Ptr src)
    {
        Sample<BITS, COMPS, 0>::load(v, src);
    }

    static inline __device__ void line(int *v, Ptr src, const int w[4],
                                       const Plane &p)
    {
        const Ptr below = src + p.linesize;
        int a[COMPS], b[COMPS], c[COMPS], d[COMPS];

        Sample<BITS, COMPS, 0>::load(a, src);
        Sample<BITS, COMPS, STEP>::load(b, src);
        Sample<BITS, COMPS, 0>::load(c, below);
        Sample<BITS, COMPS, STEP>::load(d, below);
#pragma unroll
        for (int i = 0; i < COMPS; i++)
            v[i] = line_sum<BITS>(w, a[i], b[i], c[i], d[i], p);
    }

    static inline __device__ void cube(int *v, Ptr src, int fx, int fy,
                                       const Plane &p)
    {
        int wx[4], wy[4], sum[COMPS];

        load_weights(wx, p.setup, fx);
        load_weights(wy, p.setup, fy);
        src -= p.linesize;
#pragma unroll
        for (int i = 0; i < COMPS; i++)
            sum[i] = 0;
#pragma unroll
        for (int j = 0; j < 4; j++, src += p.linesize) {
            int a[COMPS], b[COMPS], c[COMPS], d[COMPS];

            Sample<BITS, COMPS, -STEP>::load(a, src);
            Sample<BITS, COMPS, 0>::load(b, src);
            Sample<BITS, COMPS, STEP>::load(c, src);
            Sample<BITS, COMPS, 2 * STEP>::load(d, src);
#pragma unroll
            for (int i = 0; i < COMPS; i++)
                sum[i] += wy[j] * cube_row<BITS>(wx, a[i], b[i], c[i], d[i],
                                                 p);
        }
#pragma unroll
        for (int i = 0; i < COMPS; i++)
            v[i] = cube_end<BITS>(sum[i], p);
    }

    /* A word, one sample after the other: all at once would need twice the
     * registers, for what is a small part of the work of so many taps. */
    static inline __device__ unsigned cubes(const Word &t, int dx, int period,
                                            Ptr frame, const Plane &p)
    {
        Ptr point = t.points;
        unsigned word = 0;

#pragma unroll 1
        for (int n = 0; n < 32; n += BITS * COMPS, point += 8) {
            const V360CudaPoint at = load_point(point);
            const int x = at.x + dx;
            int c = x >> 8, v[COMPS];

            c -= c >= period ? period : 0;
            cube(v, frame + (at.y >> 8) * (unsigned)p.linesize +
                    (unsigned)(c * STEP), x & 255, at.y & 255, p);
#pragma unroll
            for (int i = 0; i < COMPS; i++)
                word |= (unsigned)v[i] << (n + i * BITS);
        }
        return word;
    }
};

/* A word of 4 bytes, each in byte SHIFT / 8 of a value, or of 2 halves. */
template<int BITS, int SHIFT> DEVICE unsigned pack(const int *v)
{
    enum { PAIR = (4 + SHIFT / 8) << 4 | SHIFT / 8 };

    if (BITS == 16)
        return permute<0x5410>(v[0], v[1]);
    return permute<0x5410>(permute<PAIR>(v[0], v[1]),
                           permute<PAIR>(v[2], v[3]));
}

/* A rectangle of the source plane, and where the samples beyond are taken. */
struct Face {
    int x0, y0, x1, y1;
    Ptr ring;
};

DEVICE bool in_face(const Face &f, int x, int y)
{
    return x >= f.x0 && x < f.x1 && y >= f.y0 && y < f.y1;
}

DEVICE Face find_face(Ptr border, int x, int y)
{
    Ptr p = FIELD(border, V360CudaBorder, face);
    int n = load_int(FIELD(border, V360CudaBorder, nb_faces));
    Face f;

#pragma unroll 1
    for (;; p += sizeof(V360CudaFace)) {
        f.x0 = load_int(FIELD(p, V360CudaFace, x0));
        f.y0 = load_int(FIELD(p, V360CudaFace, y0));
        f.x1 = load_int(FIELD(p, V360CudaFace, x1));
        f.y1 = load_int(FIELD(p, V360CudaFace, y1));
        if (--n <= 0 || in_face(f, x, y))
            break;
    }
    f.ring = load_ptr(FIELD(border, V360CudaBorder, ring)) +
             4 * (Ptr)(unsigned)load_int(FIELD(p, V360CudaFace, ring));
    return f;
}

/* See find_place() of v360batchdsp.c. */
DEVICE Ptr place(const Face &f, int x, int y, Ptr src, int linesize, int step)
{
    const int w = f.x1 - f.x0, h = f.y1 - f.y0;
    const int rx = x - f.x0 + 2, ry = y - f.y0 + 2;
    int index;

    if (!in_face(f, x, y)) {
        if (y < f.y0)
            index = ry * (w + 4) + rx;
        else if (y >= f.y1)
            index = (ry - h) * (w + 4) + rx;
        else
            index = 4 * (w + 4) + (ry - 2) * 4 + (x < f.x0 ? rx : rx - w);
        index = load_int(f.ring + 4 * (Ptr)(unsigned)index);
        x = index & 0xffff;
        y = (unsigned)index >> 16;
    }
    return src + (Ptr)((unsigned)y * (unsigned)linesize) +
           (unsigned)(x * step);
}

/* A sample with taps beyond its face. */
template<int BITS, int COMPS, int TAPS>
DEVICE void border_sample(int *v, Ptr border, int x, int y, Ptr src,
                          const Plane &p)
{
    const Face f = find_face(border, (x + 128) >> 8, (y + 128) >> 8);
    const int step = COMPS * BITS / 8;
    const int fx = x & 255, fy = y & 255;
    const int n = TAPS == 2 ? 2 : 4, first = TAPS == 2 ? 0 : -1;
    const int bias  = BITS == 8 ? 0 : 1 << (p.depth - 1);
    const int shift = BITS == 8 ? 8 : p.depth - 3;
    int sum[COMPS];

#pragma unroll
    for (int c = 0; c < COMPS; c++)
        sum[c] = TAPS == 2 ? 8192 << p.shift : 0;
#pragma unroll 1
    for (int j = 0; j < n; j++) {
        int row[COMPS];

#pragma unroll
        for (int c = 0; c < COMPS; c++)
            row[c] = 1 << (shift - 1);
#pragma unroll 1
        for (int k = 0; k < n; k++) {
            int s[COMPS];

            Sample<BITS, COMPS, 0>::load(s, place(f, (x >> 8) + k + first,
                                                  (y >> 8) + j + first, src,
                                                  p.linesize, step));
#pragma unroll
            for (int c = 0; c < COMPS; c++) {
                if (TAPS == 2)
                    sum[c] = mad(line_weight(fx, fy, k, j), s[c], sum[c]);
                else
                    row[c] = mad(load_weight(p.setup, fx, k),
                                 s[c] - bias, row[c]);
            }
        }
#pragma unroll
        for (int c = 0; c < COMPS && TAPS == 4; c++)
            sum[c] = mad(load_weight(p.setup, fy, j),
                         row[c] >> shift, sum[c]);
    }
#pragma unroll
    for (int c = 0; c < COMPS; c++)
        v[c] = TAPS == 2 ? line_end(sum[c], p) : cube_end<BITS>(sum[c], p);
}

DEVICE int shift_x(int x, int dx, int period)
{
    x += dx;
    return x >= period ? x - period : x;
}

DEVICE int unpack_y(unsigned y)
{
    return (int)(y << 1) >> 1;
}

template<int BITS, int COMPS, int TAPS>
DEVICE unsigned border_word(Ptr border, Ptr point, int dx, int period,
                            unsigned fill, Ptr src, const Plane &p)
{
    const int bits = COMPS * BITS;
    const unsigned mask = 0xffffffffu >> (32 - bits);
    unsigned word = 0;

#pragma unroll 1
    for (int n = 0; n < 32; n += bits, point += sizeof(V360CudaPoint)) {
        const V360CudaPoint at = load_point(point);
        const int x = shift_x(at.x, dx, period), y = unpack_y(at.y);
        int v[COMPS];

        if (at.x == V360_CUDA_VOID) {
            word |= fill & (mask << n);
            continue;
        }
        if (TAPS == 1) {
            const Face f = find_face(border, (x + 128) >> 8, (y + 128) >> 8);
            Inside<BITS, COMPS, 1>::near(v, place(f, (x + 128) >> 8,
                                                  (y + 128) >> 8, src,
                                                  p.linesize, bits / 8));
        } else {
            border_sample<BITS, COMPS, TAPS>(v, border, x, y, src, p);
        }
#pragma unroll
        for (int i = 0; i < COMPS; i++)
            word |= (unsigned)v[i] << (n + i * BITS);
    }
    return word;
}

/* What a view adds to it. */
DEVICE Ptr view_of(const V360CudaLaunch &l, int view)
{
    return FIELD(l.table, V360CudaTable, view) +
           (unsigned)(view * (int)sizeof(V360CudaView));
}

DEVICE Ptr frames_of(const V360CudaLaunch &l, Ptr first, int index)
{
    return first + (Ptr)(unsigned)(index * l.nb_frames) * 8;
}

DEVICE int offset_of(const V360CudaLaunch &l, const Word &t, int view)
{
    return load_int(FIELD(view_of(l, view), V360CudaView, dx) + 4 * t.kind);
}

/* Where the word lies in a frame of the view. */
DEVICE unsigned place_of_word(const Word &t, Ptr view_plane)
{
    return load_int(FIELD(view_plane, V360CudaView, dst)) + t.x +
           (unsigned)(t.row * load_int(FIELD(view_plane, V360CudaView,
                                             linesize)));
}

DEVICE int plane_of(const Word &t, int k)
{
    return load_int(FIELD(t.job, V360CudaJob, plane) + 4 * k);
}

/*
 * The views for which all taps are inside. A column and a row of the source
 * share a register: both are less than 65536 there. Returns whether there are
 * views for which taps are not.
 */
template<int BITS, int COMPS, int TAPS>
DEVICE bool remap_inside(const V360CudaLaunch &l, const Word &t, Ptr border)
{
    typedef Inside<BITS, COMPS, TAPS> In;
    enum { N = In::N, STEP = In::STEP, BIAS = TAPS == 1 ? 128 : 0 };
    const int period = load_int(FIELD(border, V360CudaBorder, period)) >> 8;
    const unsigned limit = load_int(FIELD(border, V360CudaBorder, limit));
    const int planes = load_int(FIELD(t.job, V360CudaJob, planes));
    unsigned at[N];
    int w[N][4], phase = -1;
    bool rest = false;

#pragma unroll 1
    for (int view = t.view; view < t.end; view++) {
        const Ptr dsts = frames_of(l, l.dst, view);
        const int dx = offset_of(l, t, view);
        unsigned column[N], outside = 0;

        if (!load_ptr(dsts))
            continue;
        if (phase != (dx & 255)) {
            phase = dx & 255;
#pragma unroll
            for (int i = 0; i < N; i++) {
                const V360CudaPoint p = load_point(t.points + 8 * i);
                const int x = p.x + phase + BIAS, y = p.y + BIAS;

                /* such a word is for all views remap_border()'s */
                if ((int)p.y < 0)
                    return true;
                at[i] = (unsigned)(y >> 8) << 16 | (unsigned)(x >> 8);
                if (TAPS == 2)
                    line_weights<BITS>(w[i], x & 255, y & 255);
            }
        }
#pragma unroll
        for (int i = 0; i < N; i++) {
            int c = (at[i] & 0xffff) + (dx >> 8);

            c -= c >= period ? period : 0;
            column[i] = c * STEP;
            outside |= (unsigned)(c - (TAPS == 4)) > limit;
        }
        if (outside) {
            rest = true;
            continue;
        }

#pragma unroll 1
        for (int k = 0; k < planes; k++) {
            const int plane = plane_of(t, k);
            const Ptr of_view = view_of(l, view) + 4 * plane;
            const Plane p = { load_int(l.table + 4 * plane), l.depth,
                              l.shift, (1 << (l.depth - l.shift)) - 1,
                              l.setup };
            const Ptr eye = (unsigned)load_int(FIELD(of_view, V360CudaView,
                                                     src));
            const Ptr word = place_of_word(t, of_view);
            Ptr src = frames_of(l, l.src, plane), dst = dsts;
            unsigned offset[N];

#pragma unroll
            for (int i = 0; i < N; i++)
                offset[i] = (at[i] >> 16) * (unsigned)p.linesize + column[i];
#pragma unroll 1
            for (int n = l.nb_frames; n; n--, src += 8, dst += 8) {
                const Ptr frame = load_ptr(src) + eye;
                int s[N * COMPS];

                if (TAPS == 4) {
                    store_word(load_ptr(dst) + word,
                               In::cubes(t, dx, period, frame, p));
                    continue;
                }
#pragma unroll
                for (int i = 0; i < N; i++) {
                    if (TAPS == 1)
                        In::near(s + i * COMPS, frame + offset[i]);
                    else
                        In::line(s + i * COMPS, frame + offset[i], w[i], p);
                }
                store_word(load_ptr(dst) + word,
                           pack<BITS, TAPS == 2 ? 16 : 0>(s));
            }
        }
    }
    return rest;
}

template<int BITS, int COMPS, int TAPS>
DEVICE bool is_inside(const Word &t, int dx, int period, unsigned limit)
{
    unsigned outside = 0;

#pragma unroll
    for (int i = 0; i < Inside<BITS, COMPS, TAPS>::N; i++) {
        const V360CudaPoint p = load_point(t.points + 8 * i);
        int c = (p.x + (dx & 255) + (TAPS == 1 ? 128 : 0)) >> 8;

        c += dx >> 8;
        c -= c >= period ? period : 0;
        outside |= (unsigned)(c - (TAPS == 4)) > limit || (int)p.y < 0;
    }
    return !outside;
}

/* The other views. */
template<int BITS, int COMPS, int TAPS>
DEVICE void remap_border(const V360CudaLaunch &l, const Word &t, Ptr border)
{
    const int period = load_int(FIELD(border, V360CudaBorder, period));
    const unsigned limit = load_int(FIELD(border, V360CudaBorder, limit));
    const int planes = load_int(FIELD(t.job, V360CudaJob, planes));

#pragma unroll 1
    for (int view = t.view; view < t.end; view++) {
        const Ptr dsts = frames_of(l, l.dst, view);
        const int dx = offset_of(l, t, view);

        if (!load_ptr(dsts) ||
            is_inside<BITS, COMPS, TAPS>(t, dx, period >> 8, limit))
            continue;
#pragma unroll 1
        for (int k = 0; k < planes; k++) {
            const int plane = plane_of(t, k);
            const Ptr of_view = view_of(l, view) + 4 * plane;
            const Plane p = { load_int(l.table + 4 * plane), l.depth,
                              l.shift, (1 << (l.depth - l.shift)) - 1,
                              l.setup };
            const unsigned eye = load_int(FIELD(of_view, V360CudaView, src));
            const unsigned fill = load_int(FIELD(l.table + 4 * plane,
                                                 V360CudaTable, fill));
            const Ptr word = place_of_word(t, of_view);
            Ptr src = frames_of(l, l.src, plane), dst = dsts;

#pragma unroll 1
            for (int n = l.nb_frames; n; n--, src += 8, dst += 8)
                store_word(load_ptr(dst) + word,
                           border_word<BITS, COMPS, TAPS>(border, t.points, dx,
                               period, fill, load_ptr(src) + eye, p));
        }
    }
}

template<int BITS, int COMPS, int TAPS>
DEVICE void remap(const V360CudaLaunch &l, const Word &t)
{
    const Ptr border = FIELD(l.setup, V360CudaSetup, border) +
                       t.kind * (int)sizeof(V360CudaBorder);

    if (remap_inside<BITS, COMPS, TAPS>(l, t, border))
        remap_border<BITS, COMPS, TAPS>(l, t, border);
}

/* Returns whether the thread has a word to make, of samples of size bytes. */
DEVICE bool find_word(Word &t, const V360CudaLaunch &l, int size)
{
    const int row = t.row * V360_CUDA_TILE_ROWS + threadIdx.y;
    const int x = (t.x * V360_CUDA_TILE_WORDS + threadIdx.x) * (4 / size);

    t.row    = row;
    t.x      = x * size;
    t.points = load_ptr(FIELD(t.job, V360CudaJob, grid)) + 8 *
               ((Ptr)(unsigned)row *
                load_int(FIELD(t.job, V360CudaJob, pitch)) + x);
    t.view   = load_int(FIELD(t.job, V360CudaJob, first_view));
    t.end    = load_int(FIELD(t.job, V360CudaJob, nb_views)) + t.view;
    return x < load_int(FIELD(t.job, V360CudaJob, w)) &&
           row < load_int(FIELD(t.job, V360CudaJob, h));
}

#define KERNEL(name, bits, taps, comps)                                     \
extern "C" __global__ void __launch_bounds__(V360_CUDA_THREADS, 5)          \
v360batch_##name(V360CudaLaunch l)                                          \
{                                                                           \
    const Ptr tile = l.tiles + (Ptr)blockIdx.x * sizeof(V360CudaTile);      \
    const unsigned head = load_int(tile);                                   \
    Word t;                                                                 \
                                                                            \
    t.job  = l.jobs + (head & 0xffff) * (unsigned)sizeof(V360CudaJob);      \
    t.x    = head >> 16;                                                    \
    t.row  = load_int(tile + 4) & 0xffff;                                   \
    t.kind = load_int(FIELD(t.job, V360CudaJob, kind));                     \
    if (comps == 4) {                                                       \
        if (find_word(t, l, 4))                                             \
            remap<8, 4, taps>(l, t);                                        \
    } else if (t.kind && l.pairs) {                                         \
        if (find_word(t, l, 2 * bits / 8))                                  \
            remap<bits, 2, taps>(l, t);                                     \
    } else {                                                                \
        if (find_word(t, l, bits / 8))                                      \
            remap<bits, 1, taps>(l, t);                                     \
    }                                                                       \
}

KERNEL(near_8,   8, 1, 0)
KERNEL(line_8,   8, 2, 0)
KERNEL(cube_8,   8, 4, 0)
KERNEL(near_16, 16, 1, 0)
KERNEL(line_16, 16, 2, 0)
KERNEL(cube_16, 16, 4, 0)
KERNEL(near_rgb, 8, 1, 4)
KERNEL(line_rgb, 8, 2, 4)
KERNEL(cube_rgb, 8, 4, 4)
