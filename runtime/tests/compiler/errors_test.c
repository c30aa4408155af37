// SPDX-License-Identifier: MIT
/* Programs that must not build: the code and what the log says. */
#include "fixture.h"

static const struct error_case {
	const char *what;
	const char *source;
	const char *options;
	cl_int code;
	const char *log; /* that it contains */
} cases[] = {
	{ "a syntax error", "kernel void k(global int *a) { a[0] = ; }", "",
	  CL_BUILD_PROGRAM_FAILURE, "expected expression" },
	{ "an unknown name", "kernel void k(global int *a) { a[0] = nothing; }", "",
	  CL_BUILD_PROGRAM_FAILURE, "use of undeclared identifier 'nothing'" },
	{ "a function without a body", "int f(int); kernel void k(global int *a) { a[0] = f(1); }",
	  "-cl-std=CL3.0", CL_BUILD_PROGRAM_FAILURE, "undefined function 'f'" },
	{ "recursion",
	  "int f(int n) { return n < 2 ? 1 : n * f(n - 1); }"
	  "kernel void k(global int *a) { a[0] = f(a[1]); }",
	  "", CL_BUILD_PROGRAM_FAILURE, "calls itself" },
	{ "recursion in a circle",
	  "int g(int); int f(int n) { return n < 2 ? 1 : g(n - 1); } int g(int n) { return f(n); }"
	  "kernel void k(global int *a) { a[0] = f(a[1]); }",
	  "", CL_BUILD_PROGRAM_FAILURE, "calls itself" },
	{ "a function pointer", "kernel void k(global int *a) { void (*f)(void) = 0; f(); }", "",
	  CL_BUILD_PROGRAM_FAILURE, "pointers to functions are not allowed" },
	{ "a variable that another program should have",
	  "extern global int elsewhere; kernel void k(global int *a) { a[0] = elsewhere; }",
	  "-cl-std=CL3.0", CL_BUILD_PROGRAM_FAILURE, "undefined variable 'elsewhere'" },
	{ "a format that is not constant",
	  "kernel void k(constant char *format) { printf(format, 1); }", "-cl-std=CL1.2",
	  CL_BUILD_PROGRAM_FAILURE, "printf" },
	{ "an error that the source asks for", "#error this is it\n", "", CL_BUILD_PROGRAM_FAILURE,
	  "this is it" },
	{ "a warning made an error", "int f(int x) { } kernel void k(void) { }", "-Werror -DX",
	  CL_BUILD_PROGRAM_FAILURE, "does not return" },
	{ "incompatible pointers made an error",
	  "void f(global uchar *p) { } kernel void k(global uint *a) { f(a); }", "-Werror",
	  CL_BUILD_PROGRAM_FAILURE, "incompatible pointer types" },
	{ "another language", "kernel void k(void) { }", "-x c++", CL_INVALID_BUILD_OPTIONS,
	  "-x c++" },
	{ "another address space", "kernel void k(global int *a) { int *p = a; }", "",
	  CL_BUILD_PROGRAM_FAILURE, "changes address space" },
	{ "a header that is nowhere", "#include \"no_such_header.h\"\n", "",
	  CL_BUILD_PROGRAM_FAILURE, "no_such_header.h" },
	{ "a type that there is not", "kernel void k(global float5 *a) { a[0] = a[1] * a[2]; }", "",
	  CL_BUILD_PROGRAM_FAILURE, "float5" },
	{ "an unknown option", "kernel void k(void) { }", "-cl-no-such-option",
	  CL_INVALID_BUILD_OPTIONS, "-cl-no-such-option" },
	{ "an unknown standard", "kernel void k(void) { }", "-cl-std=CL9.9",
	  CL_INVALID_BUILD_OPTIONS, "CL9.9" },
	{ "a definition without a name", "kernel void k(void) { }", "-w -D",
	  CL_INVALID_BUILD_OPTIONS, "-D" },
	{ "a linker's option", "kernel void k(void) { }", "-create-library",
	  CL_INVALID_BUILD_OPTIONS, "-create-library" },
	{ "what is no option", "kernel void k(void) { }", "-w file.cl", CL_INVALID_BUILD_OPTIONS,
	  "file.cl" },
	{ "an option of clang's that is none of OpenCL's", "kernel void k(void) { }",
	  "-fplugin=/tmp/x.so", CL_INVALID_BUILD_OPTIONS, "-fplugin" },
	{ "a vector too wide for its group",
	  "kernel __attribute__((reqd_work_group_size(0, 1, 1))) "
	  "void k(void) { }",
	  "", CL_BUILD_PROGRAM_FAILURE, "reqd_work_group_size" },
};

/* Programs that must build, with words for the log. */
static const struct error_case good_cases[] = {
	{ "a warning", "int f(int x) { } kernel void k(void) { }", "", CL_SUCCESS,
	  "does not return" },
	{ "incompatible pointers",
	  "void f(float *p) { *p = 1; } kernel void k(global int *a) { float4 v; f(&v); }", "",
	  CL_SUCCESS, "warning: incompatible pointer types" },
	{ "incompatible pointers, without a warning",
	  "void f(global uchar *p) { } kernel void k(global uint *a) { f(a); }", "-w", CL_SUCCESS,
	  "" },
	{ "a pointer for an integer", "kernel void k(global long *a) { a[0] = a; }", "", CL_SUCCESS,
	  "warning: incompatible pointer to integer" },
	{ "an integer for a pointer", "kernel void k(global long *a) { a = 1; }", "", CL_SUCCESS,
	  "warning: incompatible integer to pointer" },
	{ "a type left out",
	  "static f(int x) { return x; } kernel void k(global int *a) { f(*a); }", "-cl-std=CL3.0",
	  CL_SUCCESS, "warning: type specifier missing" },
	{ "inline and noinline",
	  "inline __attribute__((noinline)) int f(int x) { return x; }"
	  "kernel void k(global int *a) { a[0] = f(1); }",
	  "", CL_SUCCESS, "" },
	{ "a call that is not to be inlined",
	  "void f(global int *a) { a[0] = 1; } kernel void k(global int *a)"
	  "{ [[clang::noinline]] f(a); }",
	  "", CL_SUCCESS, "" },
	{ "C++ for OpenCL",
	  "template <typename T> struct pair { T a, b; T sum() const { return a + b; } };"
	  "kernel void k(global int *a) { pair<int> p = { 1, 2 }; auto s = p.sum(); a[0] = s; }",
	  "-cl-std=CLC++", CL_SUCCESS, "" },
	{ "C++ for OpenCL, by another option",
	  "template <typename T> T f(T x) { return x; } kernel void k(global int *a) { f(a); }",
	  "-x clc++", CL_SUCCESS, "" },
	{ "OpenCL C by an option", "kernel void k(global int *a) { int class = 1; a[0] = class; }",
	  "-x cl", CL_SUCCESS, "" },
	{ "no warning", "int f(int x) { } kernel void k(void) { }", "-w", CL_SUCCESS, "" },
	{ "definitions", "kernel void k(global int *a) { a[0] = ONE + TWO + X; }",
	  "-DONE=1 -D TWO=2 -D \"X=(3 + 4)\"", CL_SUCCESS, "" },
	{ "a definition taken back", "#ifdef ONE\n#error ONE\n#endif\nkernel void k(void) { }",
	  "-DONE -UONE", CL_SUCCESS, "" },
	{ "nothing at all", "", "", CL_SUCCESS, "" },
	{ "a function without a kernel", "int f(int x) { return x; }", "", CL_SUCCESS, "" },
	{ "all the options of OpenCL", "kernel void k(global float *a) { a[0] /= sqrt(a[1]); }",
	  "-cl-single-precision-constant -cl-denorms-are-zero -cl-opt-disable -cl-mad-enable "
	  "-cl-fp32-correctly-rounded-divide-sqrt -cl-no-signed-zeros "
	  "-cl-unsafe-math-optimizations -cl-finite-math-only -cl-fast-relaxed-math "
	  "-cl-uniform-work-group-size -cl-no-subgroup-ifp -cl-strict-aliasing "
	  "-cl-kernel-arg-info -g -w -cl-std=CL3.0",
	  CL_SUCCESS, "" },
	{ "OpenCL C 1.0", "__kernel void k(__global int *a) { a[0] = __OPENCL_C_VERSION__; }",
	  "-cl-std=CL1.1", CL_SUCCESS, "" },
	{ "features",
	  "#if __OPENCL_VERSION__ != 300 || __OPENCL_C_VERSION__ != 300 || "
	  "!defined(__opencl_c_atomic_scope_all_devices) || !defined(__opencl_c_fp64) || "
	  "!defined(__opencl_c_int64) || !defined(__opencl_c_generic_address_space) || "
	  "!defined(__opencl_c_atomic_order_seq_cst) || !defined(__opencl_c_atomic_order_acq_rel) || "
	  "!defined(__opencl_c_program_scope_global_variables) || "
	  "!defined(__opencl_c_work_group_collective_functions) || "
	  "defined(__opencl_c_pipes) || "
	  "!defined(__opencl_c_subgroups) || !defined(cl_khr_subgroup_shuffle) || "
	  "defined(__opencl_c_device_enqueue) || "
	  "!defined(__opencl_c_integer_dot_product_input_4x8bit) || "
	  "!defined(__opencl_c_integer_dot_product_input_4x8bit_packed) || "
	  "!defined(cl_khr_integer_dot_product) || "
	  "!defined(cl_khr_fp16) || !defined(cl_khr_fp64) || "
	  "!defined(cl_khr_int64_base_atomics) || !defined(cl_khr_int64_extended_atomics) || "
	  "!defined(__ENDIAN_LITTLE__) || defined(__SPIR__)\n"
	  "#error features\n#endif\n"
	  "kernel void k(void) { }",
	  "-cl-std=CL3.0", CL_SUCCESS, "" },
	{ "extensions, in any version",
	  "#if !defined(cl_khr_expect_assume) || !defined(cl_khr_extended_bit_ops) || "
	  "defined(cl_khr_suggested_local_work_size) || defined(cl_khr_icd)\n"
	  "#error extensions\n#endif\n"
	  "kernel void k(global int *a) { a[0] = bit_reverse(a[1]); }",
	  "", CL_SUCCESS, "" },
	{ "OpenCL C 3.1",
	  "#if __OPENCL_C_VERSION__ != 310 || CL_VERSION_3_1 != 310 || CL_VERSION_3_0 != 300 || "
	  "__OPENCL_VERSION__ != 300 || !defined(__opencl_c_subgroups) || "
	  "!defined(__opencl_c_fp64) || !defined(cl_khr_extended_bit_ops)\n"
	  "#error 3.1\n#endif\n"
	  "kernel void k(global uint *a, global char4 *b, global uchar *c) {"
	  "a[0] = bit_reverse(a[1]) + bitfield_extract_unsigned(a[2], 3, 4) + dot(b[0], b[1]);"
	  "a[1] = sub_group_rotate(a[0], 1) + sub_group_shuffle_up(a[1], 1);"
	  "c[0] = sub_group_shuffle(sub_group_broadcast(c[1], 0), 0);"
	  "printf(\"%zu %td\", (size_t)a[0], (ptrdiff_t)(&a[1] - &a[0])); }",
	  "-cl-std=CL3.1 -Werror", CL_SUCCESS, "" },
	{ "no 3.1 in 3.0",
	  "#if defined(CL_VERSION_3_1) || __OPENCL_C_VERSION__ != 300\n#error 3.1\n#endif\n",
	  "-cl-std=CL3.0", CL_SUCCESS, "" },
	{ "the default version is 1.2",
	  "#if __OPENCL_C_VERSION__ != 120\n#error version\n#endif\nkernel void k(void) { }", "",
	  CL_SUCCESS, "" },
};

static void run(struct fixture *fixture, const struct error_case *test)
{
	char log[16384] = "";
	cl_int code = fixture_build_error(fixture, test->source, test->options, log, sizeof(log));

	check(code == test->code, "%s: code %d, not %d; log: %s", test->what, code, test->code,
	      log);
	check(*test->log ? strstr(log, test->log) != NULL : !*log, "%s: log '%s'", test->what, log);
}

#define READ_WITH(sampler) "o[0] = read_imagef(i, " sampler ", (float2)(0));"
#define PARAMETERS	   "read_only image2d_t i, global float4 *o"
#define CONSTANT_SAMPLER   "CLK_ADDRESS_CLAMP | CLK_FILTER_NEAREST"

/* Samplers that are neither arguments nor constants. */
static const struct error_case sampler_cases[] = {
	{ "a sampler without a value",
	  "kernel void k(" PARAMETERS ") { sampler_t s; " READ_WITH("s") "}", "",
	  CL_BUILD_PROGRAM_FAILURE, "function 'k' uses an image or sampler that has no value" },
	{ "a sampler without a value, of OpenCL C 3.0",
	  "kernel void k(" PARAMETERS ") { sampler_t s; " READ_WITH("s") "}", "-cl-std=CL3.0",
	  CL_BUILD_PROGRAM_FAILURE, "function 'k' uses an image or sampler that has no value" },
	{ "a sampler without a value, given to a function",
	  "float4 f(read_only image2d_t i, sampler_t s) { return read_imagef(i, s, (float2)(0)); }"
	  "kernel void k(" PARAMETERS ") { const sampler_t s; o[0] = f(i, s); }",
	  "-cl-std=CL3.0", CL_BUILD_PROGRAM_FAILURE, "that has no value" },
	{ "a sampler without a value, under a condition",
	  "kernel void k(" PARAMETERS ", int n) { if (n) { sampler_t s; " READ_WITH("s") "} }", "",
	  CL_BUILD_PROGRAM_FAILURE, "that has no value" },
	{ "a choice of samplers",
	  "kernel void k(" PARAMETERS ", sampler_t a, sampler_t b, int n) {"
	  "sampler_t s = n ? a : b; " READ_WITH("s") "}",
	  "", CL_BUILD_PROGRAM_FAILURE, "function 'k' chooses between" },
};

/* A program has images where the device has, and is told so. */
static void check_images(struct fixture *fixture)
{
	static const struct error_case with = {
		"images",
		"#if !defined(__opencl_c_images) || !defined(__IMAGE_SUPPORT__) || "
		"!defined(__opencl_c_3d_image_writes) || !defined(__opencl_c_read_write_images)\n"
		"#error images\n#endif\n"
		"kernel void k(read_write image2d_t i) { }",
		"-cl-std=CL3.0", CL_SUCCESS, ""
	};
	static const struct error_case without = { "no images",
						   "kernel void k(read_only image2d_t i) { }",
						   "-cl-std=CL3.0", CL_BUILD_PROGRAM_FAILURE,
						   "image" };
	static const struct error_case told_without = {
		"no features of images",
		"#if defined(__opencl_c_images) || defined(__IMAGE_SUPPORT__)\n"
		"#error images\n#endif\n"
		"kernel void k(void) { }",
		"-cl-std=CL3.0", CL_SUCCESS, ""
	};
	cl_bool has = CL_FALSE;

	check_equal(CL_SUCCESS, clGetDeviceInfo(fixture->device, CL_DEVICE_IMAGE_SUPPORT,
						sizeof(has), &has, NULL));
	if (has) {
		run(fixture, &with);
		for (size_t i = 0; i < sizeof(sampler_cases) / sizeof(sampler_cases[0]); i++)
			run(fixture, &sampler_cases[i]);
	} else {
		run(fixture, &without);
		run(fixture, &told_without);
	}
}

/* Programs can ask for what extensions add to the language, and say that they use it. */
static void check_extensions(struct fixture *fixture)
{
	static const char *const names[] = {
		"cl_ext_float_atomics",
		"cl_khr_3d_image_writes",
		"cl_khr_async_work_group_copy_fence",
		"cl_khr_byte_addressable_store",
		"cl_khr_depth_images",
		"cl_khr_expect_assume",
		"cl_khr_extended_async_copies",
		"cl_khr_extended_bit_ops",
		"cl_khr_fp16",
		"cl_khr_fp64",
		"cl_khr_global_int32_base_atomics",
		"cl_khr_global_int32_extended_atomics",
		"cl_khr_int64_base_atomics",
		"cl_khr_int64_extended_atomics",
		"cl_khr_integer_dot_product",
		"cl_khr_kernel_clock",
		"cl_khr_local_int32_base_atomics",
		"cl_khr_local_int32_extended_atomics",
		"cl_khr_srgb_image_writes",
		"cl_khr_subgroup_ballot",
		"cl_khr_subgroup_clustered_reduce",
		"cl_khr_subgroup_extended_types",
		"cl_khr_subgroup_non_uniform_arithmetic",
		"cl_khr_subgroup_non_uniform_vote",
		"cl_khr_subgroup_rotate",
		"cl_khr_subgroup_shuffle",
		"cl_khr_subgroup_shuffle_relative",
	};
	char reported[4096] = "", source[400], log[4096];

	check_equal(CL_SUCCESS, clGetDeviceInfo(fixture->device, CL_DEVICE_EXTENSIONS,
						sizeof(reported), reported, NULL));
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		cl_int code;

		if (!strstr(reported, names[i]))
			continue;
		snprintf(source, sizeof(source),
			 "#pragma OPENCL EXTENSION %s : enable\n"
			 "#ifndef %s\n#error no macro\n#endif\nkernel void k(void) { }",
			 names[i], names[i]);
		code = fixture_build_error(fixture, source, "-cl-std=CL3.0 -Werror", log,
					   sizeof(log));
		check(code == CL_SUCCESS, "%s: code %d; log: %s", names[i], code, log);
	}
}

/* Each version that the device tells of builds, and is the one that programs find. */
static void check_versions(struct fixture *fixture)
{
	cl_name_version versions[16];
	size_t bytes = 0;

	check_equal(CL_SUCCESS, clGetDeviceInfo(fixture->device, CL_DEVICE_OPENCL_C_ALL_VERSIONS,
						sizeof(versions), versions, &bytes));
	for (size_t i = 0; i < bytes / sizeof(versions[0]); i++) {
		cl_uint major = CL_VERSION_MAJOR(versions[i].version);
		cl_uint minor = CL_VERSION_MINOR(versions[i].version);
		char source[256], options[64];
		struct error_case test = { "a version", source, options, CL_SUCCESS, "" };

		snprintf(source, sizeof(source),
			 "#if __OPENCL_C_VERSION__ != %u\n#error version\n#endif\n",
			 100 * major + 10 * minor);
		snprintf(options, sizeof(options), "-cl-std=CL%u.%u", major, minor);
		run(fixture, &test);
	}
	check_equal(CL_MAKE_VERSION(3, 1, 0), versions[0].version);
}

int main(void)
{
	struct fixture fixture;

	fixture_open(&fixture);
	check_images(&fixture);
	check_versions(&fixture);
	check_extensions(&fixture);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		run(&fixture, &cases[i]);
	for (size_t i = 0; i < sizeof(good_cases) / sizeof(good_cases[0]); i++)
		run(&fixture, &good_cases[i]);
	fixture_close(&fixture);
	return check_result();
}
