// SPDX-License-Identifier: MIT
/*
 * Kernels whose work-items go different ways in bundles: the results are those of work-items
 * that run one by one, whatever the groups are, bit for bit. And they do run in bundles, of
 * as many work-items as TANDEM_LANES says. With --cache: that programs are not taken from the
 * cache which were built for another number.
 */
#include "fixture.h"
#include "../sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define ITEMS 104
#define WORDS 8
#define TABLE 256
/* Behind the work-items' words, some that are for all. */
#define OUT_WORDS (ITEMS * WORDS + 16)

/* Bodies of kernels: of item i, with o[0] to o[7] as its results, and a table t of n words. */
static const char *const shapes[] = {
	/* Loops that are left in different turns, by several ways. */
	"int s = 0; for (int j = 0; j < n; j++) { if (t[j] % 37 == i % 37) { s = j; break; }"
	" if (t[j] == i) continue; s += j; } o[0] = s;",
	"int j = 0, s = 1; while (s % 29 != i % 29 && j < 50) { s = s * 3 + 1; j++; }"
	" o[0] = j; o[1] = s;",
	"int c = 0; for (int j = 0; j < i % 7; j++) { for (int k = 0; k < j + i % 3; k++) {"
	" if (t[k] & 1) goto next; c += k; } c += 100; next: c++; } o[0] = c;",
	"uint x = i + 1; int steps = 0; do { x = x & 1 ? x * 3 + 1 : x >> 1; steps++; }"
	" while (x != 1 && steps < 99); o[0] = steps; o[1] = x;",
	"int last = -1; for (int j = 0; ; j++) { last = t[(i + j) & 255]; if (j > i % 9) break; }"
	" o[0] = last; for (int j = 0; j < 3; j++) { if (i & 1) return; o[1] += j + last; }",
	"int s = 0; for (int j = 0; j < 5; j++) { if (i % 5 == j) { for (int k = 0; k < 4; k++)"
	" s += t[k * j]; if (n > 1000) break; } else s ^= j; } o[0] = s;",
	/* Lanes that come to the same block in different turns. */
	"uint x = i + 1; int c = 0, s = 0; for (;;) { x = x * 1664525u + 1013904223u; if (x >> 31)"
	" continue; s += t[x & 255]; if (++c == 4) break; } o[0] = s; o[1] = c;",
	"int c = 0, k = 0; do { k++; for (;;) { uint x = (uint)t[(i + k) & 255] * 40503u >> 7; k++;"
	" if (x & 1) continue; c += x & 15; if (x & 2) break; } o[k & 7] ^= c; } while (c < 60);"
	" o[0] = c; o[1] = k;",
	/* Sums that are widened in another block than their operands are in. */
	"int s = 0; for (int j = 0; j < 8; j++) { int m = (t[j] & 127) + i; if (m != 77)"
	" s += t[m]; } o[0] = s;",
	"size_t g = get_global_id(0); int h = (int)g; int m = (t[0] & 15) + h; int s = 0; if (m != n)"
	" for (int j = 0; j < n % 9; j++) s += t[m] ^ j; o[0] = s;",
	/* Some lanes find something, and say so in one place. */
	"if (t[i] > 2000) all[0] = n; if (t[i] < n * 30) all[1] = n * 3; o[0] = t[i] * 3;",
	/* What is uniform in a loop, and is not behind it. */
	"int j; int v = 0; for (j = 0; j < 100; j++) { v = t[j] + j; if (j * 3 > i) break; }"
	" o[0] = j; o[1] = v;",
	"int j, k = 0, u = 0; for (j = 0; j < 20; j++) { u = j * n; for (k = 0; k < n % 7; k++)"
	" u += t[k]; if ((i ^ j) > 90) break; } o[0] = u; o[1] = k; o[2] = j;",
	"int j, k = -1, s = 0; for (j = 0; j < n; j++) { s += t[j] & 7; if (t[j] % 61 == i % 61) { k"
	" = j; break; } } o[0] = j; o[1] = k; o[2] = s;",
	/* And of two loops that are left at once, or one after the other. */
	"int j, k = 0, u = 0; for (j = 0; j < 30; j++) { for (k = 0; k < n % 50; k++) { u = t[k] +"
	" j; if (u % 97 == i % 97) goto out; } if ((j ^ i) % 23 == 0) break; } out: o[0] = j; o[1]"
	" = k; o[2] = u;",
	/* Private arrays. */
	"int a[16]; for (int j = 0; j < 16; j++) a[j] = t[(i * 16 + j) & 255]; for (int j = 1;"
	" j < 16; j++) { int v = a[j], k = j - 1; while (k >= 0 && a[k] > v) { a[k + 1] = a[k];"
	" k--; } a[k + 1] = v; } for (int j = 0; j < 8; j++) o[j] = a[2 * j];",
	"float4 v[5]; for (int j = 0; j < n % 5 + 1; j++) v[j] = (float4)(i, j, t[j], 1);"
	" float4 s = v[0]; for (int j = 0; j < n % 5 + 1; j++) s += v[(i + j) % (n % 5 + 1)];"
	" o[0] = as_int(s.x); o[1] = as_int(s.y + s.z * s.w);",
	/* Copies and fillings of private memory: written out, in a loop, of other elements. */
	"int a[50] = { 0 }; for (int j = 0; j < 30; j++) { if ((t[j] ^ i) & 1) a[(i + j) % 50] = j;"
	" } int s = 0; for (int j = 0; j < 50; j++) s = s * 7 + a[j]; o[0] = s;",
	"const int f[24] = { 3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3, 2, 3, 8, 4, 6, 2, 6,"
	" 4 }; int a[24]; for (int j = 0; j < 24; j++) a[j] = f[j]; for (int j = 0; j < n % 6; j++)"
	" a[(a[j] + i) % 24] ^= i; int s = 0; for (int j = 0; j < 24; j++) s = s * 5 + a[j];"
	" o[0] = s;",
	/* Atomics, on one word and on many, with results and without; volatile accesses. */
	"int s = 0; for (int j = 0; j < n % 9; j++) s += t[i + j]; atomic_add(all, s); if (i"
	" % 3) atomic_or(all + 1, 1 << (i & 31)); else atomic_xor(all + 2, s); o[0] = s;",
	"int s = 0; for (int j = 0; j < n % 9; j++) s += t[i + j] & i; if (s % 3) { int k ="
	" atomic_inc(all); atomic_xor(all + 1, k * 40503); int f = 0x55555555 - (i & 1); if (atomic_compare_exchange_"
	"strong((volatile global atomic_int *)(o + 1), &f, s)) o[3] = 5; o[2] = f; } o[0] = s;",
	"int s = 0; for (int j = 0; j < n % 9; j++) s += t[i + j] & i; volatile global int *v"
	" = o; if (i & 1) { v[0] = s; o[1] = v[0] + 1; v[s & 7] = 4; } else o[3] = v[s & 7];"
	" mem_fence(CLK_GLOBAL_MEM_FENCE); long m = s; if (i % 7 > 2) atom_add((volatile global long"
	" *)(all + 8), m << 30);",
	/* OpenCL's vectors. */
	"float3 v = convert_float3((int3)(i, t[i & 255], 3)); for (int j = 0; j < n % 9; j++)"
	" v = v.yzx * 0.5f + v; o[0] = as_int(v.x); o[1] = as_int(length(v));",
	"uchar8 v = as_uchar8((long)i * 0x123456789abcdefL); int s = 0; for (int j = 0; j < n % 4"
	" + 1; j++) { v = v.s76543210 * (uchar)3; s += v.s0; } o[0] = s;",
	/* Vectors of small elements: next to each other, elsewhere, in some lanes only. */
	"global const uchar4 *c = (global const uchar4 *)t; uchar4 s = 0; for (int j = 0; j < n % 9;"
	" j++) s = s * (uchar4)3 + c[i + j]; if (i % 3) s += c[(i + 7) ^ 5]; if (s.x & 1) s ^= c[s.y"
	" & 63]; ((global uchar4 *)out)[i] = s;",
	"global const short2 *c = (global const short2 *)t; global const char2 *d = (global const"
	" char2 *)t; int4 s = 0; for (int j = 0; j < n % 9; j++) { s.xy += convert_int2(c[i + j]);"
	" s.zw ^= convert_int2(d[i + j]); if (s.x & 4) s.zw += convert_int2(d[s.w & 63]); } if (i &"
	" 1) ((global short2 *)o)[s.y & 3] = convert_short2_sat(s.xy); ((global char2 *)o)[9 + (i"
	" & 3)] = convert_char2(s.zw);",
	/* Stores to neighbouring places by all lanes of one bundle, some of another, none. */
	"int s = 0; for (int j = 0; j < n % 9; j++) { s += t[i + j]; if ((i + 3) / 8 % 3) out[i] = s;"
	" if (i > j * 9) out[i + 104] ^= s; if (i % 24 < 19) ((global uchar *)(out + 208))[i] = s; }",
	/* Ways that are chosen among many. */
	"int s = 0; for (int j = 0; j < 12; j++) switch ((i + j) % 6) { case 0: s++; break; case"
	" 1: s ^= j; case 2: s += 3; break; case 3: continue; case 4: s *= 2; break; default:"
	" if (s > 50) { o[1] = j; return; } } o[0] = s;",
	"int s = 0; for (int j = 0; j < 8; j++) switch (n % (j + 1)) { case 0: s += i; break; case"
	" 1: s -= j; break; case 2: if (i & 1) s++; break; default: s ^= 5; } o[0] = s;",
	/* Divisions that only some do, by what would trap. */
	"int s = 0; for (int j = 0; j < 6; j++) { int d = (i + j) % 4; if (d) s += 1000 / d +"
	" (t[j] % d); else s -= n % (j + 1); } o[0] = s;",
	"long s = 0; for (int j = 0; j < n % 3 + 1; j++) if (i > j) s += LONG_MAX / (i - j);"
	" o[0] = s; o[1] = s >> 32;",
	/* Indices that wrap around, in lanes that access memory and in others. */
	"uint u = (uint)i * 1u - 5u; int s = 0; for (int j = 0; j < n % 4; j++) if (u + j < 90u) s +="
	" t[u + j]; o[0] = s;",
	"int s = 0; for (int j = 0; j < 40; j++) s += t[(uchar)(i + j * 3)] + t[(i - j) & 127];"
	" o[0] = s;",
	"int s = 0; for (uint j = 4294967290u; j != 10; j++) if (i + j < 200u) s += t[i + j];"
	" o[0] = s;",
	"if (i == 70) { int s = 0; for (int j = 0; j < n % 50; j++) s += t[j]; o[0] = s; }",
	/* The same in loops, where it depends on the turn whether they do: between which lanes. */
	"int s = 0; for (int j = 0; j < 40; j++) { s = s * 3 + t[(uchar)(i + j * 11)]; if ((t[j] ^ i)"
	" & 1) s ^= t[(uchar)(i * 2 + j * 7)] + t[255 - (uchar)(i - j * 5)]; } o[0] = s;",
	"int s = 0; for (int j = 0; j < 40; j++) { s = s * 3 + (t + 128)[(char)(i + j * 11)]; if"
	" (i % 11 != j % 11) s ^= (t + 128)[(char)(j * 9 - i)]; if (i > 200) s++; } o[0] = s;",
	"uchar4 s = 0; short h = 0; for (int j = 0; j < 40; j++) { uchar k = i + j * 11; s = s.yzwx"
	" + ((global const uchar4 *)t)[k]; if (i & 4) h += ((global const short *)t)[k] + ((global"
	" const char *)t)[(uchar)(k + 9)]; } o[0] = as_int(s) ^ h;",
	/* Places that mostly follow each other: limited, turned round, chosen between two. */
	"int s = 0; for (int j = 0; j < n % 9 + 3; j++) { s = s * 3 + t[clamp(i + j - 4, 0, 90)] -"
	" t[min(i + j, 71)]; if (i % 5 == j) s ^= t[max(i - j * 7, n % 40)]; } o[0] = s;",
	"int s = 0; for (uint j = 0; j < n % 9 + 3; j++) { s = s * 3 + t[((uint)i + j * 31) % 100u] +"
	" t[(i + j * 16) & 127]; s -= t[i < j * 9 ? i + 9 : i]; if (s & 4) s ^= t[i == 0 ? 0 : i -"
	" 1]; } o[0] = s;",
	"int s = 0; for (uint j = 0; j < n % 9 + 3; j++) { uint u = i == 70 ? 7u : i - 5u - j; int"
	" k = i == 71 ? 5 : (int)((uint)i + 0x7fffffc0u - j); if (u < 200u) s += t[u]; if (k <"
	" INT_MIN + 90) s = s * 3 ^ (t + 0x80000000)[k]; } o[0] = s;",
	/* By pairs of a column and a row, in addresses of several steps, and some words apart. */
	"int s = 0; for (int j = 0; j < n % 9 + 3; j++) { int2 p = clamp((int2)(i - j, j - 2), 0,"
	" (int2)(n % 60, 1)); s = s * 3 + t[p.y * 64 + p.x] - t[(p.x * 3 + j) & 255] + *(global"
	" const int *)((global const char *)t + p.x * 4 + p.y * 500); } o[0] = s;",
	"int2 p = (int2)(i, n % 7), q = (int2)(1, 2); int s = 0; for (int j = 0; j < n % 9 + 3; j++) {"
	" p = min(p + q, (int2)(80, 3)); s = s * 3 + t[p.y * 50 + p.x]; if (s & 4) q = q.yx; }"
	" o[0] = s; o[1] = p.x; vstore2(p, 1, o);",
	"int s = 0; for (int j = 0; j < n % 9 + 3; j++) { int k = min(i * 2 + j, 99); uchar u = max(i"
	" * 3, 60) + j * 9; char c = max(i * 4, 8) + j * 50; ushort w = max(i * 5, 60) * 50; s = s *"
	" 3 + t[k] + t[u] * 5 + (t + 128)[c] + t[w % 251u] + t[(long)max(i, j) * 2] - t[200 - 2 *"
	" min(i, 90)]; if (i % 3) s ^= ((global const char *)t)[min(i, 60) * 4 + j]; } o[0] = s;",
	"for (int j = 0; j < n % 4 + 2; j++) { int2 p = max((int2)(i, j), (int2)(n - 252, 1)); if"
	" ((t[j] ^ i) & 1 && p.x == i) out[p.y * 104 + p.x] = i * 3 + j; if (p.x == i && j < 2)"
	" ((global short *)(out + 624))[p.x * 2 + j * 208] = j + i; }",
	/* And such as would be far apart, unless numbers wrap around. */
	"int s = 0; for (int j = 0; j < n % 9 + 3; j++) { uchar k = i * 9 + j * 31; int m = i * n + j;"
	" if ((t[j] ^ i) & 1) s = s * 3 + t[k]; if (t[j] & 1) s ^= t[(ushort)(k * 3) & 255] + t[m &"
	" 255]; } o[0] = s;",
	"global int *p = out; for (int j = 0; j < n % 4; j++, p += 256) { p[(uchar)(i + j * 40 + 200)] ="
	" i * 3 + j; if ((i ^ j) % 3) p[(uchar)(i + j * 40 + 200)] ^= 77 << j; }",
};

/* The same, which work-items one by one may be as fast for: so they may run. */
static const char *const costly_shapes[] = {
	"global const char16 *c = (global const char16 *)t; char16 s = 0; for (int j = 0; j < n % 7;"
	" j++) s = s.s123456789abcdef0 + c[(i * j + i) & 31]; if (i % 5) ((global char16 *)o)[0] = s;"
	" ((global ushort4 *)o)[2] = as_ushort8(s).lo; vstore8(s.hi, 0, (global char *)o + 19);",
	/* A fourth element of no value must not take the others' with it. */
	"global const uchar3 *c = (global const uchar3 *)t; uchar3 s = 0; for (int j = 0; j < n % 9;"
	" j++) s = s.zxy + c[(i * j + i) & 127]; o[0] = 0; ((global uchar3 *)o)[0] = s; o[0] &="
	" 0xffffff; if (i & 1) { ((global uchar3 *)o)[1] = s.yzx; o[1] &= 0xffffff; }",
	"int k = 0; uint x = i; for (;;) { if (k++ > 90) break; x = x * 1664525u + 1013904223u;"
	" for (int j = 0; j < 3; j++) if ((x >> j & 7) == 5) goto next; o[k & 7] = x;"
	" if (x >> 28 == 3) break; next:; } o[0] = k;",
	"char b[24]; for (int j = 0; j < 24; j++) b[j] = t[j] + i; int s = 0; for (int j = 0;"
	" j < 24; j++) s = s * 31 + b[(j * 5 + i) % 24]; o[0] = s; o[1] = *(int *)(b + 4);",
	"struct { int a; long b; short c[6]; } p[3]; for (int j = 0; j < 3; j++) { p[j].a = i + j;"
	" p[j].b = t[j]; for (int k = 0; k < 6; k++) p[j].c[k] = i * k; }"
	" o[0] = p[i % 3].a + p[(i + 1) % 3].b + p[2].c[i % 6];",
	"int a[12] = { 0 }; for (int j = 0; j < n % 9; j++) a[(i + j * 5) % 12] += t[j];"
	" for (int j = 0; j < 8; j++) o[j] = a[j] + a[j + 4];",
	"struct { int w[6]; } p, q; for (int j = 0; j < 6; j++) p.w[j] = t[j] ^ i; q = p; if (i & 1)"
	" { p.w[i % 6] = 7; q = p; } for (int j = 0; j < n % 6 + 1; j++) o[j] = q.w[(i + j) % 6] -"
	" p.w[j];",
	"int4 v = vload4(i % 60, t); for (int j = 0; j < 3; j++) v = v.wzyx + (v > i); vstore4(v,"
	" 0, o); vstore3(v.xyz, 0, o + 4);",
	"int4 s = 0; for (int j = 0; j < n % 9 + 3; j++) { int k = clamp(i + j - 4, 0, 60); s +="
	" ((global const int4 *)t)[k]; s ^= convert_int4(((global const uchar4 *)t)[k + 2]); s.x +="
	" ((global const short *)t)[k * 2 + 1] - ((global const char *)t)[k ^ 1]; if (i & 2) s.y ="
	" ((global const int2 *)t)[k].y; } o[0] = s.x ^ s.y * 3; o[1] = s.z - s.w;",
	"for (int j = 0; j < n % 5 + 2; j++) { int k = (i + j * 24) % 104; out[k + j * 104] = i * 3 +"
	" j; if (i % 3) ((global uchar *)(out + 624))[k + j * 104] = i + j; ((global ushort *)(out +"
	" 780))[min(i, 103 + j)] = j; }",
	"global uchar4 *p = (global uchar4 *)out; for (int j = 0; j < 3; j++, p += 256) { uchar k = i"
	" + t[j] * 3; if (i % 24 < 17) p[k] = (uchar4)(i, j, k, 1); else p[k].y = 9; }",
	"int k = 0; uint x = i; for (;;) { k++; if (x & 1) { x >>= 1; continue; } x = t[x & 255]"
	" & 255; if (k > n % 5) break; } o[0] = k; o[1] = x;",
	"int a[4] = { i, 2, 3, 4 }, b[4] = { 5, 6, 7, i }; int *p = i % 3 ? a : b; int s = 0;"
	" for (int j = 0; j < 9; j++) { s += p[j & 3]; p[(j + i) & 3] ^= s; } o[0] = s + a[1];",
	"for (int j = 0; j < 8; j++) { o[j] = i; o[(j + 1) & 7] += j; if (i & 1) o[0] ^= o[j]; }",
	"int s = 0; for (int j = 0; j < i % 5; j++) { uchar b[40] = { 0 }; for (int k = 0; k < n %"
	" 11; k++) b[(k * i + j) % 40] = k + 1; s = s * 3 + b[i % 40] + b[j]; } o[0] = s;",
	"struct { int a; char b; long c; } p[4] = { { 1, 2, 3 } }, q[4]; for (int j = 0; j < 4; j++)"
	" { p[j].a += i * j; p[(i + j) & 3].c = t[j]; } if (i % 3) for (int j = 0; j < 4; j++)"
	" q[j] = p[(j + i) & 3]; else for (int j = 0; j < 4; j++) q[j] = p[j]; o[0] = q[i & 3].a +"
	" q[1].b; o[1] = q[(i + 1) & 3].c;",
	"long a[9]; uchar c = t[i & 255]; for (int j = 0; j < 72; j++) ((uchar *)a)[j] = c; for"
	" (int j = 0; j < n % 9; j++) a[(i + j) % 9] += j; o[0] = a[1] >> 9; o[1] = a[i % 9];",
	"int s = 0; for (int j = 0; j < i % 9; j++) s += t[i + j]; atomic_add(all + (i & 7),"
	" s); o[0] = atomic_xchg(o + 1, s); o[2] = atomic_cmpxchg(o + 3, i & 1 ? 0x55555555 : 0, 7);"
	" if (i % 5) o[4] = atomic_add(o + 5, i); o[6] = atomic_cmpxchg(o + 3, 7, s) == 7;",
	"int s = 0; for (int j = 0; j < n % 9; j++) s ^= t[i + j] << 9; if (i & 2)"
	" atomic_max(all, s); else atomic_min(all + 1, s); atomic_max((global uint *)all + 2, s);"
	" atomic_min((global uint *)all + 3, s); if (s & 512) { atomic_and(all + 4, s); atomic_sub("
	"all + 5, i); } atomic_inc(all + 6); if (s > 4096) atomic_dec(all + 7); o[0] = s;",
	/* Atomic operations in loops whose results nobody looks at: nothing waits by them. */
	"int s = 0; for (int j = 0; j < i % 9; j++) { s = s * 5 + t[(i * 7 + j * 11) & 255];"
	" atomic_add(all + (s & 7), j + 1); if (s & 8) atomic_max(all + 8, s >> 3); } o[0] = s;",
	"int s = i; for (int j = 0; j < n % 50; j++) { s = s & 1 ? s * 3 + t[s & 255] : s >> 1;"
	" atomic_inc(all); if (s % 5 == 0) atomic_xor(all + 1 + (i & 3), s); } o[0] = s;",
	/* One value of all components of a vector. */
	"int s = 0; for (int j = 0; j < i % 9; j++) { int4 v = vload4((i + j) & 63, t); if (any(v >"
	" (int4)(j))) s += v.x; if (every(v != (int4)(i))) s ^= v.y; if (!any(v == (int4)(n))) s++;"
	" if (!every(v > (int4)(3))) s -= 2; } o[0] = s;",
	"int s = 0; for (int j = 0; j < i % 9; j++) { char16 c = as_char16(vload4((i + j) & 63,"
	" t)); s += any(c < (char16)(0)) + 2 * every(c != (char16)(j)); short3 h = convert_short3("
	"c.s123) - (short)i; s += 4 * any(h > (short3)(9)) + 8 * every(h <= (short3)(50)); } o[0] ="
	" s;",
	"int s = 0; for (int j = 0; j < i % 9; j++) { uint8 v = as_uint8(vload8((i + j) & 31, t)) >>"
	" 3; s += v.s0 + v.s1 + v.s2 + v.s3 + v.s4 + v.s5 + v.s6 + v.s7; s ^= max(max(max(v.s0,"
	" v.s1), max(v.s2, v.s3)), max(max(v.s4, v.s5), max(v.s6, v.s7))); int4 w = as_int4(v.lo);"
	" s += min(min(w.x, w.y), min(w.z, w.w)); s ^= (w.x ^ w.y) ^ (w.z ^ w.w); s |= (w.x & w.y) &"
	" (w.z & w.w); } o[0] = s;",
};

/* Kernels with barriers: each part of theirs runs in bundles. */
static const char *const parted_shapes[] = {
	"bool any = false; int s = 0; for (int j = 0; j < n % 20; j++) { if (t[(i + j) & 255] % 7 =="
	" 0) any = true; s += t[(i * j) & 255]; } o[0] = s; barrier(CLK_GLOBAL_MEM_FENCE); for (int"
	" j = 0; j < 4; j++) o[1 + j] = any ? s + j : t[(s + j) & 255]; o[7] = any;",
	"char4 m = 0; for (int j = 0; j < n % 9; j++) m ^= convert_char4((int4)(t[j], i, j, t[(i ^ j)"
	" & 255])); bool b = m.x > m.y; bool c = m.z < m.w; barrier(CLK_GLOBAL_MEM_FENCE); int s ="
	" 0; for (int j = 0; j < 6; j++) { if (b) s += t[(i + j) & 255]; if (c && j & 1) s *= 3; }"
	" o[0] = s; o[1] = b + 2 * c; o[2] = m.x;",
	"int a[8] = { 0 }; for (int j = 0; j < 8; j++) a[(i + j) % 8] += t[j]; bool b = a[i % 8] & 2;"
	" barrier(CLK_GLOBAL_MEM_FENCE); for (int j = 0; j < 8; j++) o[j] = b ? a[j] : a[(j + i) %"
	" 8];",
};

/* Kernels in which work-items wait for each other: they must not run in bundles. */
static const char *const waiting_shapes[] = {
	"bool done = false; while (!done) { if (atomic_cmpxchg(all, 0x55555555, 1) == 0x55555555) {"
	" all[1] += i; mem_fence(CLK_GLOBAL_MEM_FENCE); atomic_xchg(all, 0x55555555); done = true; }"
	" } o[0] = i;",
	"int ticket = atomic_inc(all); while (atomic_add(all + 1, 0) != ticket) ; all[2] += i;"
	" mem_fence(CLK_GLOBAL_MEM_FENCE); atomic_inc(all + 1); o[0] = i;",
	"for (int j = 0; j < n % 5 + 1; j++) { volatile global int *v = all; if (i == 0) v[0] = j;"
	" o[j & 7] = i; }",
};

static const char source[] = "#define EVERY(type) __attribute__((overloadable)) int every(type v)"
			     " { return all(v); }\n"
			     "EVERY(int4) EVERY(char16) EVERY(short3)\n"
			     "kernel void k(global const int *t, int n, global int *out) {\n"
			     "  int i = get_global_id(0);\n"
			     "  global int *o = out + get_global_id(0) * 8;\n"
			     "  global int *all = out + 104 * 8;\n"
			     "  %s\n"
			     "}\n";

/* One word's lock, which work-items wait for. */
static const char lock_source[] = "kernel void k(global int *lock, global int *sum) {\n"
				  "  bool done = false;\n"
				  "  while (!done) {\n"
				  "    if (!atomic_cmpxchg(lock, 0, 1)) {\n"
				  "      *sum += 1; mem_fence(CLK_GLOBAL_MEM_FENCE);\n"
				  "      atomic_xchg(lock, 0); done = true;\n"
				  "    }\n"
				  "  }\n"
				  "}\n";

/* The same of a kernel that does more with it than is put into one piece of code. */
static const char long_lock_source[] =
	"#define TWO(x) x x\n"
	"#define EIGHT(x) TWO(TWO(TWO(x)))\n"
	"kernel void k(volatile global int *lock, global int *sum) {\n"
	"  int s = get_global_id(0);\n"
	"  while (atomic_cmpxchg(lock, 0, 1)) ;\n"
	"  EIGHT(EIGHT(EIGHT(s = s * 5 + (sum[s & 1] >> 3);)))\n"
	"  if (s & 1) sum[1] += s & 2;\n"
	"  *sum += 1;\n"
	"  atomic_xchg(lock, 0);\n"
	"}\n";

/* All wait for what the first one writes, and read it whole. */
static const char volatile_source[] =
	"struct words { int a[40], flag; };\n"
	"kernel void k(volatile global struct words *shared, global int *sum) {\n"
	"  struct words own;\n"
	"  int i = get_local_id(0);\n"
	"  if (i) {\n"
	"    do { own = *shared; } while (own.flag < i);\n"
	"    shared->flag = own.flag + 1;\n"
	"  } else {\n"
	"    shared->flag = 1;\n"
	"  }\n"
	"  if (i == get_local_size(0) - 1) *sum += shared->flag;\n"
	"}\n";

static void run(struct fixture *fixture, cl_program program, const int *table, int *out,
		size_t group)
{
	const cl_int n = TABLE - 1;
	const struct fixture_argument arguments[] = { fixture_svm(table), fixture_value(n),
						      fixture_svm(out) };

	memset(out, 0x55, OUT_WORDS * sizeof(*out));
	fixture_run_1d(fixture, program, "k", ITEMS, group, arguments, 3);
}

#define WHOLE_SHAPES  (FIXTURE_COUNT(shapes) + FIXTURE_COUNT(costly_shapes))
#define ENDING_SHAPES (WHOLE_SHAPES + FIXTURE_COUNT(parted_shapes))
#define SHAPES	      (ENDING_SHAPES + FIXTURE_COUNT(waiting_shapes))

static const char *body_of(unsigned int shape)
{
	if (shape < FIXTURE_COUNT(shapes))
		return shapes[shape];
	if (shape >= ENDING_SHAPES)
		return waiting_shapes[shape - ENDING_SHAPES];
	if (shape >= WHOLE_SHAPES)
		return parted_shapes[shape - WHOLE_SHAPES];
	return costly_shapes[shape - FIXTURE_COUNT(shapes)];
}

static bool begins_with(const char *line, const char *begin)
{
	return !strncmp(line, begin, strlen(begin));
}

/* What is noted of a kernel for @lanes; 0: any number. */
static void expect_lanes(char *note, size_t room, int lanes)
{
	if (lanes == 1)
		snprintf(note, room, "has no bundles: it was asked for none");
	else if (lanes)
		snprintf(note, room, "runs in bundles of %d work-items", lanes);
	else
		snprintf(note, room, "runs in bundles");
}

/* Whether a kernel, or part of it, may run without bundles where no number is asked for. */
static bool may_refuse(unsigned int shape, const char *refusal)
{
	if (begins_with(refusal, "has no bundles: the processor's vectors are short"))
		return true;
	if (shape < FIXTURE_COUNT(shapes))
		return false;
	return begins_with(refusal, "has no bundles: bundles would not be faster") ||
	       begins_with(refusal, "has no bundles: it is simple enough for");
}

/* Checks how kernel k, or each of its parts, runs, by the notes. */
static void check_bundles(unsigned int shape, const char *notes)
{
	const char *lanes = getenv("TANDEM_LANES"), *line = notes;
	unsigned int count = 0, part;
	char expected[100];

	expect_lanes(expected, sizeof(expected), lanes ? atoi(lanes) : 0);
	if (shape >= ENDING_SHAPES && (!lanes || atoi(lanes) > 1))
		strcpy(expected, "has no bundles: it has atomics, fences or volatile accesses in");
	while ((line = strstr(line, "kernel 'k'"))) {
		const char *how = line + strlen("kernel 'k'");
		int length = 0;

		sscanf(how, ", part %u%n", &part, &length);
		how += length + 1;
		check((!lanes && may_refuse(shape, how)) || begins_with(how, expected),
		      "shape %u: %.*s", shape, (int)strcspn(line, "\n"), line);
		count++;
		line = how;
	}
	/* What is left of a kernel to be cut, and into which parts, is LLVM's choice. */
	if (LLVM_MAJOR < 22 && shape >= WHOLE_SHAPES && shape < ENDING_SHAPES)
		return;
	check(shape < WHOLE_SHAPES || shape >= ENDING_SHAPES ? count > 0 : count == 2,
	      "shape %u: %u lines are noted: %s", shape, count, notes);
}

static void test(struct fixture *fixture, unsigned int shape, const int *table, int *out,
		 int *expected)
{
	static const size_t groups[] = { ITEMS, 1, 8, 13, 26, 52 };
	cl_program programs[2];
	char text[2000], notes[4000];

	snprintf(text, sizeof(text), source, body_of(shape));
	programs[0] = fixture_build(fixture, text, "-cl-std=CL3.0 -cl-opt-disable");
	programs[1] = fixture_build_noted(fixture, text, "-cl-std=CL3.0", notes, sizeof(notes));
	check_bundles(shape, notes);
	run(fixture, programs[0], table, expected, 1);
	for (size_t g = 0; g < FIXTURE_COUNT(groups); g++) {
		size_t i = 0;

		run(fixture, programs[1], table, out, groups[g]);
		while (i < OUT_WORDS && out[i] == expected[i])
			i++;
		check(i == OUT_WORDS,
		      "shape %u, groups of %zu: word %zu of item %zu is %d, expected %d", shape,
		      groups[g], i % WORDS, i / WORDS, out[i], expected[i]);
	}
	clReleaseProgram(programs[0]);
	clReleaseProgram(programs[1]);
}

/* Kernels whose operations wait for each other: for how many times as many lanes there is time. */
static const struct {
	const char *body;
	unsigned int widening;
} wide_shapes[] = {
	{ "uint s = i; for (int j = 0; j < n; j++) s = s * s + t[j]; o[0] = s;", 4 },
	{ "uint s = i; for (int j = 0; j < n; j++) s = (s ^ s >> 3) + t[j]; o[0] = s;", 2 },
	/* Lanes leave it in different turns. */
	{ "uint s = i, k = 0; for (int j = 0; j < n; j++) { s = s * s + t[j]; if ((s & 63) == i)"
	  " k = j; if (k > 200 + i % 50) break; } o[0] = s; o[1] = k;",
	  4 },
	/* So much straight code that the processor does not come to the next bundle. */
	{ "uint a = i, b = t[i], c = n;\n"
	  "#define STEP(k) a = b + rotate(a + (c ^ k) * b, k ## u);\n"
	  "#define STEPS(k) STEP(1 ## k) { uint d = a; a = b; b = c; c = d; }\n"
	  "STEPS(0) STEPS(1) STEPS(2) STEPS(3) STEPS(4) STEPS(5) STEPS(6) STEPS(7) STEPS(8)"
	  " STEPS(9) STEPS(1) STEPS(2) STEPS(3) STEPS(4) STEPS(5) STEPS(6) o[0] = a; o[1] = b;"
	  " o[2] = c;",
	  4 },
	/* No turn of its loop waits for another, and lanes leave it in different ones. */
	{ "for (int j = 0; j < n; j++) { if (j > i) break; out[i + j % 7 * 104] = (t[i] * j + t[j])"
	  " * (i + j); }",
	  1 },
};

/*
 * Matrices that are divided into triangles: what each turn stores far apart takes as long as all
 * else for lanes one by one, and what is stored behind the loop does not.
 */
static const struct {
	const char *body;
	bool has_bundles;
} triangles[] = {
	{ "if (i > n) for (int j = 0; j < n; j++) out[i * 8 + n] -= out[i * 8 + j] * out[j * 8 + n];",
	  false },
	{ "int s = 0; if (i > n) for (int j = 0; j < n; j++) s -= out[i * 8 + j] * out[j * 8 + n];"
	  " out[i * 8 + n] += s;",
	  true },
};

static void test_triangles(struct fixture *fixture)
{
	for (size_t i = 0; i < FIXTURE_COUNT(triangles) && !getenv("TANDEM_LANES"); i++) {
		char text[2000], notes[4000];

		snprintf(text, sizeof(text), source, triangles[i].body);
		clReleaseProgram(
			fixture_build_noted(fixture, text, "-cl-std=CL3.0", notes, sizeof(notes)));
		check(!strstr(notes, "runs in bundles") != triangles[i].has_bundles ||
			      strstr(notes, "the processor's vectors are short"),
		      "triangle %zu: %s", i, notes);
	}
}

/*
 * Groups are of whole wide bundles, of some and narrow ones, and of some that neither fills.
 */
static void test_wide(struct fixture *fixture, unsigned int shape, const int *table, int *out,
		      int *expected)
{
	static const size_t groups[] = { ITEMS, 52, 26, 13, 8 };
	unsigned int narrow = 0, wide = 0;
	cl_program programs[2];
	char text[2000], notes[4000];
	const char *how;

	snprintf(text, sizeof(text), source, wide_shapes[shape].body);
	programs[0] = fixture_build(fixture, text, "-cl-std=CL3.0 -cl-opt-disable");
	programs[1] = fixture_build_noted(fixture, text, "-cl-std=CL3.0", notes, sizeof(notes));
	how = strstr(notes, "runs in bundles of");
	if (!getenv("TANDEM_LANES") && how) {
		if (sscanf(how, "runs in bundles of %u and %u", &wide, &narrow) < 2)
			narrow = wide;
		check(wide == narrow * wide_shapes[shape].widening, "wide shape %u: %s", shape,
		      notes);
	}
	run(fixture, programs[0], table, expected, 1);
	for (size_t g = 0; g < FIXTURE_COUNT(groups); g++) {
		run(fixture, programs[1], table, out, groups[g]);
		check(!memcmp(out, expected, OUT_WORDS * sizeof(*out)),
		      "wide shape %u, groups of %zu", shape, groups[g]);
	}
	clReleaseProgram(programs[0]);
	clReleaseProgram(programs[1]);
}

/* Work-groups of a size that the kernel requires: no bundle is longer than their rows are. */
static void test_required(struct fixture *fixture, size_t group, const int *table, int *out,
			  int *expected)
{
	static const char form[] = "kernel __attribute__((reqd_work_group_size(%zu, 1, 1)))\n"
				   "void k(global const int *t, int n, global int *out) {\n"
				   "  uint i = get_global_id(0), s = i;\n"
				   "  for (int j = 0; j < n; j++) s = s * s + t[j];\n"
				   "  out[i] = s;\n"
				   "}\n";
	cl_program programs[2];
	char text[500], notes[4000];
	unsigned int longest = 0;
	const char *how;

	snprintf(text, sizeof(text), form, group);
	programs[0] = fixture_build(fixture, text, "-cl-std=CL3.0 -cl-opt-disable");
	programs[1] = fixture_build_noted(fixture, text, "-cl-std=CL3.0", notes, sizeof(notes));
	how = strstr(notes, "runs in bundles of");
	if (how)
		sscanf(how, "runs in bundles of %u", &longest);
	if (!getenv("TANDEM_LANES") && !strstr(notes, "the processor's vectors are short"))
		check(group < 8 ? strstr(notes, "its work-groups are narrow") != NULL :
				  longest >= 8 && longest <= group,
		      "groups of %zu: %s", group, notes);
	run(fixture, programs[0], table, expected, group);
	run(fixture, programs[1], table, out, group);
	check(!memcmp(out, expected, OUT_WORDS * sizeof(*out)), "groups of %zu", group);
	clReleaseProgram(programs[0]);
	clReleaseProgram(programs[1]);
}

/* A function that is called in so many places of the program that it stays a function. */
static void test_function(struct fixture *fixture, const int *table, int *out, int *expected)
{
	static const char text[] =
		"#define CALLS(f) f(a, t) + f(a * 3, t) + f(a ^ 5, t) + f(a >> 1, t)\n"
		"int f0(int a, global const int *t)\n"
		"{ int s = a; for (int j = 0; j < (a & 3); j++) s += t[(s + j) & 255]; return s; }\n"
		"int f1(int a, global const int *t) { return CALLS(f0); }\n"
		"int f2(int a, global const int *t) { return CALLS(f1); }\n"
		"int f3(int a, global const int *t) { return CALLS(f2); }\n"
		"int f4(int a, global const int *t) { return CALLS(f3); }\n"
		"int f5(int a, global const int *t) { return CALLS(f4); }\n"
		"int f6(int a, global const int *t) { return CALLS(f5); }\n"
		"kernel void large(global const int *t, global int *out) { *out = f6(1, t); }\n"
		"kernel void k(global const int *t, int n, global int *out) {\n"
		"  int i = get_global_id(0), s = 0;\n"
		"  for (int j = 0; j < n % 3 + i % 2; j++) if (t[i + j] & 1) s += f2(s + i + j, t);\n"
		"  out[i] = s;\n"
		"}\n";
	const char *lanes = getenv("TANDEM_LANES");
	char notes[8000], note[100], line[200];
	cl_program programs[2];
	bool is_same;

	programs[0] = fixture_build(fixture, text, "-cl-std=CL3.0 -cl-opt-disable");
	programs[1] = fixture_build_noted(fixture, text, "-cl-std=CL3.0", notes, sizeof(notes));
	run(fixture, programs[0], table, expected, 1);
	run(fixture, programs[1], table, out, ITEMS);
	is_same = !memcmp(out, expected, OUT_WORDS * sizeof(*out));
	check(is_same, "a function that is called has another result");
	expect_lanes(note, sizeof(note), lanes ? atoi(lanes) : 0);
	snprintf(line, sizeof(line), "kernel 'k' %s", note);
	check(!lanes || strstr(notes, line), "a function that is called: %s", notes);
	clReleaseProgram(programs[0]);
	clReleaseProgram(programs[1]);
}

/* Ways out of a loop, each with all of some vectors: code for each takes long to build. */
static void test_many_ways(struct fixture *fixture, const int *table, int *out, int *expected)
{
	static const char text[] =
		"#define WAY(w) if (t[(j + w) & 255] > s) break;\n"
		"#define WAYS(w) WAY(w) WAY(w + 1) WAY(w + 2) WAY(w + 3) WAY(w + 4) WAY(w + 5)\n"
		"kernel void k(global const int *t, int n, global int *out) {\n"
		"  int i = get_global_id(0), s = t[i & 255];\n"
		"  uint16 a = s, b = s + 1, c = s + 2, d = s + 3, e = s + 4, f = s + 5;\n"
		"  for (int j = 0; j < n; j++) {\n"
		"    a = a * b + (uint)j; b = b * c + 1; c = c * d + 2; d = d * e + 3;\n"
		"    e = e * f + 4; f = f * a + 5;\n"
		"    WAYS(0) WAYS(6) WAYS(12) WAYS(18)\n"
		"  }\n"
		"  uint16 u = a + b * 3 + c * 5 + d * 7 + e * 9 + f * 11;\n"
		"  uint8 v = u.lo ^ u.hi * 3;\n"
		"  uint4 w = v.lo ^ v.hi * 5;\n"
		"  out[i] = w.x ^ w.y * 7 ^ w.z * 9 ^ w.w * 11;\n"
		"}\n";
	const char *lanes = getenv("TANDEM_LANES");
	cl_program programs[2];
	char notes[4000];
	bool is_same;

	programs[0] = fixture_build(fixture, text, "-cl-std=CL3.0 -cl-opt-disable");
	programs[1] = fixture_build_noted(fixture, text, "-cl-std=CL3.0", notes, sizeof(notes));
	check((lanes && atoi(lanes) == 1) || strstr(notes, "many values come together") ||
		      strstr(notes, "the processor's vectors are short"),
	      "many ways: %s", notes);
	run(fixture, programs[0], table, expected, 1);
	run(fixture, programs[1], table, out, ITEMS);
	is_same = !memcmp(out, expected, OUT_WORDS * sizeof(*out));
	check(is_same, "many ways out of a loop have another result");
	clReleaseProgram(programs[0]);
	clReleaseProgram(programs[1]);
}

static void test_lock(struct fixture *fixture, const char *text)
{
	int *words = fixture_alloc(fixture, 3 * sizeof(*words));
	const struct fixture_argument arguments[] = { fixture_svm(words), fixture_svm(words + 1) };
	cl_program program = fixture_build(fixture, text, "");

	memset(words, 0, 3 * sizeof(*words));
	fixture_run_1d(fixture, program, "k", ITEMS, ITEMS / 2, arguments, 2);
	check(words[1] == ITEMS, "%d work-items held the lock, expected %d", words[1], ITEMS);
	clReleaseProgram(program);
	fixture_free(fixture, words);
}

static void test_volatile_copies(struct fixture *fixture)
{
	int *words = fixture_alloc(fixture, 42 * sizeof(*words));
	const struct fixture_argument arguments[] = { fixture_svm(words), fixture_svm(words + 41) };
	cl_program program = fixture_build(fixture, volatile_source, "");

	memset(words, 0, 42 * sizeof(*words));
	fixture_run_1d(fixture, program, "k", ITEMS, ITEMS, arguments, 2);
	check(words[41] == ITEMS, "the last work-item saw %d, expected %d", words[41], ITEMS);
	clReleaseProgram(program);
	fixture_free(fixture, words);
}

/* The same program for several numbers: what is in the cache is not noted. */
static void test_cache(struct fixture *fixture)
{
	static const char *const lanes[] = { "4", "8", "4", "1", "8" };
	char text[2000], notes[4000], expected[100];
	struct timespec now;
	size_t length;

	length = (size_t)snprintf(text, sizeof(text), source, shapes[0]);
	/* No other run of this test has put it into the cache. */
	clock_gettime(CLOCK_REALTIME, &now);
	snprintf(text + length, sizeof(text) - length, "// %ld.%ld of %d\n", (long)now.tv_sec,
		 now.tv_nsec, getpid());
	for (size_t i = 0; i < FIXTURE_COUNT(lanes); i++) {
		bool is_new = true;

		for (size_t k = 0; k < i; k++)
			is_new &= strcmp(lanes[k], lanes[i]) != 0;
		setenv("TANDEM_LANES", lanes[i], 1);
		clReleaseProgram(
			fixture_build_noted(fixture, text, "-cl-std=CL3.0", notes, sizeof(notes)));
		expect_lanes(expected, sizeof(expected), atoi(lanes[i]));
		check(!strstr(notes, "kernel 'k' ") == !is_new &&
			      (!is_new || strstr(notes, expected)),
		      "build %zu, for %s: %s", i, lanes[i], notes);
	}
}

int main(int argc, char **argv)
{
	static const size_t required[] = { 4, 8, 26, 52, ITEMS };
	bool of_cache = argc > 1 && !strcmp(argv[1], "--cache");
	struct fixture fixture;
	int *table, *out, *expected;

	/* What is in a cache is not noted. */
	if (!of_cache)
		setenv("TANDEM_CACHE_DIR", "", 1);
	setenv("TANDEM_DEBUG", "compiler", 1);
	fixture_open(&fixture);
	if (of_cache) {
		test_cache(&fixture);
		fixture_close(&fixture);
		return check_result();
	}
	table = fixture_alloc(&fixture, TABLE * sizeof(*table));
	out = fixture_alloc(&fixture, OUT_WORDS * sizeof(*out));
	expected = fixture_alloc(&fixture, OUT_WORDS * sizeof(*out));
	for (unsigned int i = 0; i < TABLE; i++)
		table[i] = (int)(i * 2654435761u >> 20);
	for (unsigned int shape = 0; shape < SHAPES; shape += (unsigned int)test_sample())
		test(&fixture, shape, table, out, expected);
	for (unsigned int shape = 0; shape < FIXTURE_COUNT(wide_shapes); shape++)
		test_wide(&fixture, shape, table, out, expected);
	for (size_t i = 0; i < FIXTURE_COUNT(required); i++)
		test_required(&fixture, required[i], table, out, expected);
	test_triangles(&fixture);
	test_many_ways(&fixture, table, out, expected);
	test_function(&fixture, table, out, expected);
	test_lock(&fixture, lock_source);
	test_lock(&fixture, long_lock_source);
	test_volatile_copies(&fixture);
	fixture_free(&fixture, table);
	fixture_free(&fixture, out);
	fixture_free(&fixture, expected);
	fixture_close(&fixture);
	return check_result();
}
