// SPDX-License-Identifier: MIT
/* All kernels. A new one is a constant in a file of this folder, and two lines here. */
#include "kernels.h"

#define KERNEL(kernel, shown_name, what)                                          \
	{                                                                         \
		.name = "kernels-" shown_name, .summary = what, .unit = BENCH_MS, \
		.subject = &(kernel), .setup = kernel_setup, .run = kernel_run,   \
		.teardown = kernel_teardown,                                      \
	}

extern const struct kernel_case kernel_nbody, kernel_neighbours, kernel_sha256, kernel_md5,
	kernel_sha1;
extern const struct kernel_case kernel_private_sort, kernel_bitonic_sort;
extern const struct kernel_case kernel_binary_search, kernel_find_index, kernel_find_key;
extern const struct kernel_case kernel_bucket_count;
extern const struct kernel_case kernel_mandelbrot, kernel_march_rays, kernel_sharpen;
extern const struct kernel_case kernel_sgemm_naive, kernel_sgemm_tiled, kernel_sgemm_blocks;
extern const struct kernel_case kernel_transpose, kernel_transpose_tiled, kernel_lu_blocks;
extern const struct kernel_case kernel_sparse_multiply, kernel_row_products, kernel_rank_2k;
extern const struct kernel_case kernel_aes_tables;
extern const struct kernel_case kernel_gather, kernel_scatter;
extern const struct kernel_case kernel_reduce_float4, kernel_scan;
extern const struct kernel_case kernel_histogram_local, kernel_histogram_global;
extern const struct kernel_case kernel_stencil_2d, kernel_convolution, kernel_hotspot_3d;
extern const struct kernel_case kernel_lbm_step, kernel_floyd_warshall, kernel_bfs_step;
extern const struct kernel_case kernel_kmeans_assign, kernel_fft, kernel_fft_native;
extern const struct kernel_case kernel_black_scholes, kernel_kepler_double;
extern const struct kernel_case kernel_arithmetic_float, kernel_arithmetic_float2;
extern const struct kernel_case kernel_arithmetic_float4;

static const struct bench kernel_benches[] = {
	KERNEL(kernel_nbody, "nbody", "2,048 bodies that pull each other: float4, dot(), rsqrt()"),
	KERNEL(kernel_neighbours, "neighbours",
	       "16 Ki bodies and 16 others for each, from a list: float4"),
	KERNEL(kernel_sha256, "sha256",
	       "SHA-256 of 64 Ki blocks, with 64 words in a private array"),
	KERNEL(kernel_md5, "md5", "MD5 of 128 Ki candidates, unrolled"),
	KERNEL(kernel_sha1, "sha1", "SHA-1 of 128 Ki candidates, unrolled"),
	KERNEL(kernel_private_sort, "private-sort", "32 Ki work-items insert 16 private numbers"),
	KERNEL(kernel_bitonic_sort, "bitonic-sort",
	       "groups of 256 sort 512 numbers in local memory"),
	KERNEL(kernel_binary_search, "binary-search", "64 Ki numbers looked up in as many"),
	KERNEL(kernel_find_index, "find-index", "2 Ki particles drawn again: a search with break"),
	KERNEL(kernel_find_key, "find-key", "4 Ki look-ups in a B+ tree, by groups of 64"),
	KERNEL(kernel_bucket_count, "bucket-count",
	       "buckets of 256 Ki numbers: search, local atomics"),
	KERNEL(kernel_mandelbrot, "mandelbrot", "512 x 512 points, 256 turns at most"),
	KERNEL(kernel_march_rays, "march-rays", "256 x 256 rays: float3, a loop with break"),
	KERNEL(kernel_sharpen, "sharpen", "a filter of 512 x 512 pixels: uchar4 that saturate"),
	KERNEL(kernel_sgemm_naive, "sgemm-naive", "matrices of 384 x 384, an element a work-item"),
	KERNEL(kernel_sgemm_tiled, "sgemm-tiled", "the same with tiles in local memory"),
	KERNEL(kernel_sgemm_blocks, "sgemm-blocks", "the same with private blocks of 4 x 4"),
	KERNEL(kernel_transpose, "transpose", "a matrix of 1,024 x 1,024 transposed"),
	KERNEL(kernel_transpose_tiled, "transpose-tiled", "the same with tiles in local memory"),
	KERNEL(kernel_lu_blocks, "lu-blocks",
	       "1,024 blocks of 16 x 16 by groups of 16, 31 barriers"),
	KERNEL(kernel_sparse_multiply, "sparse-multiply",
	       "a sparse matrix of 32 Ki rows, a vector"),
	KERNEL(kernel_row_products, "row-products",
	       "a matrix of 1,024 x 1,024 and a vector, a work-item a row"),
	KERNEL(kernel_rank_2k, "rank-2k",
	       "a matrix of the rows of two of 256 x 256, summed in memory"),
	KERNEL(kernel_aes_tables, "aes-tables", "AES of 32 Ki blocks by tables"),
	KERNEL(kernel_gather, "gather", "512 Ki words loaded from all over"),
	KERNEL(kernel_scatter, "scatter", "512 Ki words stored all over"),
	KERNEL(kernel_reduce_float4, "reduce-float4",
	       "512 Ki float4 added up by strides and a tree"),
	KERNEL(kernel_scan, "scan", "sums before each of 512 Ki words, in groups of 256"),
	KERNEL(kernel_histogram_local, "histogram-local", "512 Ki bytes counted by local atomics"),
	KERNEL(kernel_histogram_global, "histogram-global",
	       "512 Ki bytes counted by global atomics"),
	KERNEL(kernel_stencil_2d, "stencil-2d", "5 points of 1,024 x 1,024, the border left alone"),
	KERNEL(kernel_convolution, "convolution", "5 x 5 points of 512 x 512, the border repeated"),
	KERNEL(kernel_hotspot_3d, "hotspot-3d", "7 points of 128 x 128 x 32, down the columns"),
	KERNEL(kernel_lbm_step, "lbm-step",
	       "a lattice Boltzmann step, 256 x 256 cells, 9 directions"),
	KERNEL(kernel_floyd_warshall, "floyd-warshall", "a step among 512 places"),
	KERNEL(kernel_bfs_step, "bfs-step", "a level of a breadth-first search, 128 Ki nodes"),
	KERNEL(kernel_kmeans_assign, "kmeans-assign", "32 Ki points of 8 features, 16 clusters"),
	KERNEL(kernel_fft, "fft", "256 transforms of 256 points in local memory"),
	KERNEL(kernel_fft_native, "fft-native", "the same with native_sin() and native_cos()"),
	KERNEL(kernel_black_scholes, "black-scholes", "128 Ki options: log(), exp(), sqrt()"),
	KERNEL(kernel_kepler_double, "kepler-double",
	       "64 Ki planets: sin(), cos() of doubles, break"),
	KERNEL(kernel_arithmetic_float, "arithmetic-float", "mad() of 256 Ki floats, 128 each"),
	KERNEL(kernel_arithmetic_float2, "arithmetic-float2", "the same as 128 Ki float2"),
	KERNEL(kernel_arithmetic_float4, "arithmetic-float4", "the same as 64 Ki float4"),
};

const struct bench_group bench_kernels_group = BENCH_GROUP(kernel_benches);
