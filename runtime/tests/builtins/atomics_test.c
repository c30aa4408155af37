// SPDX-License-Identifier: MIT
/*
 * Atomic functions: what each returns and leaves behind, in every form, type and
 * address space, in a kernel of one work-item; and sums of many work-items, which
 * must lose nothing.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "source.h"
#include "values.h"

#define SEED 1
/* Operand pairs that each function is tried with. */
#define POINTS 40
/* Work-items that add to one number at the same time. */
#define ADDERS 4096

enum operation {
	OPERATION_ADD,
	OPERATION_SUB,
	OPERATION_EXCHANGE,
	OPERATION_MIN,
	OPERATION_MAX,
	OPERATION_AND,
	OPERATION_OR,
	OPERATION_XOR,
	OPERATION_INC,
	OPERATION_DEC,
	OPERATION_COUNT,
};

/* Names after atomic_ or atom_, and after atomic_ in the form of C11. */
static const char *const old_names[OPERATION_COUNT] = { "add", "sub", "xchg", "min", "max",
							"and", "or",  "xor",  "inc", "dec" };
static const char *const new_names[OPERATION_COUNT] = {
	"fetch_add", "fetch_sub", "exchange", "fetch_min",
	"fetch_max", "fetch_and", "fetch_or", "fetch_xor",
};

static __int128 apply(enum operation operation, __int128 a, __int128 b)
{
	switch (operation) {
	case OPERATION_ADD:
		return a + b;
	case OPERATION_SUB:
		return a - b;
	case OPERATION_EXCHANGE:
		return b;
	case OPERATION_MIN:
		return a < b ? a : b;
	case OPERATION_MAX:
		return a > b ? a : b;
	case OPERATION_AND:
		return a & b;
	case OPERATION_OR:
		return a | b;
	case OPERATION_XOR:
		return a ^ b;
	case OPERATION_INC:
		return a + 1;
	default:
		return a - 1;
	}
}

/* What a C11 function is called with after its operands. */
static const char *const forms[] = {
	"",
	", memory_order_relaxed",
	", memory_order_acquire",
	", memory_order_release",
	", memory_order_acq_rel",
	", memory_order_seq_cst",
	", order",
	", memory_order_seq_cst, memory_scope_work_group",
	", memory_order_acq_rel, memory_scope_device",
	", memory_order_relaxed, memory_scope_all_svm_devices",
	", order, scope",
};

#define FORM_COUNT (sizeof(forms) / sizeof(forms[0]))

#define MOST_CALLS 64

/* One way to call an atomic function with an object and, mostly, an operand. */
struct call {
	enum operation operation;
	char text[128];
};

/* All calls that are tried with objects of one type in one place. */
struct call_list {
	enum value_type type;
	const char *object; /* its type */
	const char *space; /* of the pointer */
	bool is_local; /* where the object is */
	bool is_opencl_2;
	struct call calls[MOST_CALLS];
	size_t count;
};

static struct call *add_call(struct call_list *list, enum operation operation)
{
	struct call *call = &list->calls[list->count++];

	if (list->count > MOST_CALLS)
		abort();
	call->operation = operation;
	return call;
}

/*
 * Each call finds A[i] in its object; what it returns and what it leaves there are the
 * results. Calls do not disturb one another, as one work-item makes them all.
 */
static void put_kernel(struct source_text *source, const struct call_list *list)
{
	const char *name = value_types[list->type].name;

	source_begin(source);
	source_put(source, "#ifdef cl_khr_int64_base_atomics\n"
			   "#pragma OPENCL EXTENSION cl_khr_int64_base_atomics : enable\n"
			   "#pragma OPENCL EXTENSION cl_khr_int64_extended_atomics : enable\n"
			   "#endif\n");
	source_put(source,
		   "kernel void test(global const %s *A, global const %s *B, global %s *R,\n"
		   "\t\tglobal %s *M, global const int *settings)\n{\n"
		   "\tsize_t i = get_global_id(0);\n"
		   "\tlocal %s in_local;\n",
		   name, name, name, name, name);
	if (list->is_opencl_2)
		source_put(source, "\tmemory_order order = settings[0];\n"
				   "\tmemory_scope scope = settings[1];\n");
	source_put(source, "\t%s %s *place = %s;\n", list->is_local ? "local" : "global", name,
		   list->is_local ? "&in_local" : "M + i");
	source_put(source,
		   "\tvolatile %s %s *object = (volatile %s %s *)place;\n"
		   "\t%s operand = B[i];\n",
		   list->space, list->object, list->space, list->object, name);
	for (size_t c = 0; c < list->count; c++)
		source_put(source,
			   "\t*place = A[i];\n"
			   "\tR[%zu + i] = %s;\n"
			   "\tR[%zu + i] = *place;\n",
			   2 * c * POINTS, list->calls[c].text, (2 * c + 1) * POINTS);
	source_put(source, "}\n");
}

/* The value after a float was exchanged; other operations are for integers. */
static void expect(enum value_type type, enum operation operation, const char *a, const char *b,
		   size_t i, char *expected)
{
	size_t size_bytes = value_types[type].size_bytes;

	if (value_types[type].is_real)
		memcpy(expected, b + i * size_bytes, size_bytes);
	else
		value_set_integer(type, expected, 0,
				  apply(operation, value_integer(type, a, i),
					value_integer(type, b, i)));
}

static void check_call(const struct call_list *list, const struct call *call, const char *a,
		       const char *b, const char *results)
{
	enum value_type type = list->type;
	size_t size_bytes = value_types[type].size_bytes;

	for (size_t i = 0; i < POINTS; i++) {
		const char *returned = results + i * size_bytes;
		const char *left = results + (POINTS + i) * size_bytes;
		char expected[8];
		char texts[4][40];

		expect(type, call->operation, a, b, i, expected);
		if (value_is_same(type, a + i * size_bytes, returned) &&
		    value_is_same(type, expected, left))
			continue;
		value_print(type, a + i * size_bytes, texts[0], 40);
		value_print(type, b + i * size_bytes, texts[1], 40);
		value_print(type, returned, texts[2], 40);
		value_print(type, left, texts[3], 40);
		value_fail("%s of %s in %s memory, of %s and %s: returns %s, leaves %s (seed %d)",
			   call->text, value_types[type].name, list->is_local ? "local" : "global",
			   texts[0], texts[1], texts[2], texts[3], SEED);
	}
}

static size_t run_calls(const struct tandem_session *session, const struct call_list *list)
{
	struct tandem_random random = { .state = SEED };
	size_t bytes = POINTS * value_types[list->type].size_bytes;
	static struct source_text source;
	static char results[2 * MOST_CALLS * POINTS * 8];
	char a[POINTS * 8], b[POINTS * 8], memory[POINTS * 8] = { 0 };
	/* memory_order_acq_rel and memory_scope_device, as clang numbers them. */
	int settings[2] = { 4, 2 };
	const struct value_buffer buffers[] = {
		{ a, bytes },
		{ b, bytes },
		{ results, 2 * list->count * bytes },
		{ memory, bytes },
		{ settings, sizeof(settings) },
	};

	value_fill(list->type, a, POINTS, &random);
	value_fill(list->type, b, POINTS, &random);
	put_kernel(&source, list);
	if (!value_run(session, source.text, list->is_opencl_2 ? "-cl-std=CL3.0" : "", "test",
		       buffers, 5, POINTS, 1))
		return 0;
	for (size_t c = 0; c < list->count; c++)
		check_call(list, &list->calls[c], a, b, results + 2 * c * bytes);
	return list->count * POINTS;
}

static void add_old_calls(struct call_list *list, const char *prefix)
{
	for (int operation = 0; operation < OPERATION_COUNT; operation++) {
		struct call *call = add_call(list, (enum operation)operation);

		snprintf(call->text, sizeof(call->text), "%s_%s(object%s)", prefix,
			 old_names[operation], operation < OPERATION_INC ? ", operand" : "");
	}
}

static size_t test_old(const struct tandem_session *session, enum value_type type)
{
	size_t checks = 0;

	for (int is_local = 0; is_local < 2; is_local++) {
		struct call_list list = {
			.type = type,
			.object = value_types[type].name,
			.space = is_local ? "local" : "global",
			.is_local = is_local,
		};

		if (type == TYPE_FLOAT) {
			strcpy(add_call(&list, OPERATION_EXCHANGE)->text,
			       "atomic_xchg(object, operand)");
		} else {
			add_old_calls(&list, "atom");
			if (value_types[type].size_bytes == 4)
				add_old_calls(&list, "atomic");
		}
		checks += run_calls(session, &list);
	}
	return checks;
}

/* All forms are tried with an exchange, the other operations with four each. */
static void add_new_calls(struct call_list *list, enum operation operation)
{
	for (size_t form = 0; form < FORM_COUNT; form++) {
		struct call *call;

		if (operation != OPERATION_EXCHANGE && form != 0 &&
		    form != 1 + (size_t)operation % 5 && form != 6 && form != FORM_COUNT - 1)
			continue;
		call = add_call(list, operation);
		snprintf(call->text, sizeof(call->text), "atomic_%s%s(object, operand%s)",
			 new_names[operation], form ? "_explicit" : "", forms[form]);
	}
}

static size_t test_new(const struct tandem_session *session, enum value_type type)
{
	size_t checks = 0;
	char object[32];

	snprintf(object, sizeof(object), "atomic_%s", value_types[type].name);
	for (int place = 0; place < 4; place++) {
		bool is_local = place & 1;
		struct call_list list = {
			.type = type,
			.object = object,
			.space = place & 2 ? "" :
				 is_local  ? "local" :
					     "global",
			.is_local = is_local,
			.is_opencl_2 = true,
		};

		for (int operation = 0; operation < OPERATION_INC; operation++) {
			if (!value_types[type].is_real || operation == OPERATION_EXCHANGE)
				add_new_calls(&list, (enum operation)operation);
		}
		checks += run_calls(session, &list);
	}
	return checks;
}

/* Functions that are no operation on two numbers: results are counted as mistakes. */
static const char other_source[] =
	"#ifdef cl_khr_fp64\n"
	"#pragma OPENCL EXTENSION cl_khr_fp64 : enable\n"
	"#endif\n"
	"#pragma OPENCL EXTENSION cl_khr_int64_base_atomics : enable\n"
	"#pragma OPENCL EXTENSION cl_khr_int64_extended_atomics : enable\n"
	"#define CHECK(condition) if (!(condition)) mistakes |= 1 << __COUNTER__; else (void)__COUNTER__\n"
	"kernel void test(global int *R, global OBJECT *object, global atomic_flag *flag,\n"
	"\t\tglobal TYPE *in_global, global const int *settings)\n{\n"
	"\tmemory_order order = settings[0];\n"
	"\tmemory_scope scope = settings[1];\n"
	"\tint mistakes = 0;\n"
	"\tTYPE expected = 7;\n"
	"\tlocal TYPE in_local;\n"
	"\tatomic_init(object, (TYPE)5);\n"
	"\tCHECK(atomic_load(object) == 5);\n"
	"\tatomic_store(object, (TYPE)6);\n"
	"\tCHECK(atomic_load_explicit(object, memory_order_acquire) == 6);\n"
	"\tatomic_store_explicit(object, (TYPE)8, memory_order_release);\n"
	"\tCHECK(atomic_load_explicit(object, memory_order_relaxed, memory_scope_device) == 8);\n"
	"\tatomic_store_explicit(object, (TYPE)9, memory_order_seq_cst, scope);\n"
	"\tCHECK(atomic_load_explicit(object, memory_order_seq_cst, scope) == 9);\n"
	/* A failed exchange tells what is there; one that succeeds changes nothing else. */
	"\tCHECK(!atomic_compare_exchange_strong(object, &expected, (TYPE)1) && expected == 9);\n"
	"\tCHECK(atomic_compare_exchange_strong(object, &expected, (TYPE)1) && expected == 9);\n"
	"\tCHECK(atomic_load(object) == 1);\n"
	"\t*in_global = 2;\n"
	"\tCHECK(!atomic_compare_exchange_strong_explicit(object, in_global, (TYPE)3, order,\n"
	"\t\tmemory_order_relaxed) && *in_global == 1);\n"
	"\tCHECK(atomic_compare_exchange_strong_explicit(object, in_global, (TYPE)3, order,\n"
	"\t\tmemory_order_relaxed, scope) && atomic_load(object) == 3);\n"
	"\tin_local = 4;\n"
	"\tCHECK(!atomic_compare_exchange_weak(object, &in_local, (TYPE)5) && in_local == 3);\n"
	/* A weak exchange may fail now and then. */
	"\tint tries = 0;\n"
	"\twhile (!atomic_compare_exchange_weak_explicit(object, &in_local, (TYPE)5,\n"
	"\t\tmemory_order_acq_rel, memory_order_acquire) && tries < 1000) tries++;\n"
	"\tCHECK(tries < 1000 && in_local == 3 && atomic_load(object) == 5);\n"
	"\tatomic_flag_clear(flag);\n"
	"\tCHECK(!atomic_flag_test_and_set(flag));\n"
	"\tCHECK(atomic_flag_test_and_set(flag));\n"
	"\tCHECK(atomic_flag_test_and_set_explicit(flag, memory_order_acquire));\n"
	"\tatomic_flag_clear_explicit(flag, memory_order_release);\n"
	"\tCHECK(!atomic_flag_test_and_set_explicit(flag, order, scope));\n"
	"\tatomic_flag_clear_explicit(flag, memory_order_seq_cst, scope);\n"
	"\tCHECK(!atomic_flag_test_and_set(flag));\n"
	"\tatomic_work_item_fence(CLK_GLOBAL_MEM_FENCE, order, scope);\n"
	"\tR[0] = mistakes;\n"
	"\tR[1] = __COUNTER__;\n}\n";

static size_t test_others(const struct tandem_session *session, enum value_type type)
{
	int result[2] = { -1, 0 };
	int settings[2] = { 4, 2 };
	char object[8] = { 0 };
	char flag[4] = { 0 };
	char in_global[8] = { 0 };
	const struct value_buffer buffers[] = {
		{ result, sizeof(result) },	{ object, sizeof(object) },
		{ flag, sizeof(flag) },		{ in_global, sizeof(in_global) },
		{ settings, sizeof(settings) },
	};
	char options[128];

	snprintf(options, sizeof(options), "-cl-std=CL3.0 -DTYPE=%s -DOBJECT=atomic_%s",
		 value_types[type].name, value_types[type].name);
	if (!value_run(session, other_source, options, "test", buffers, 5, 1, 1))
		return 0;
	if (result[0])
		value_fail("atomic functions of %s: mistakes %#x", value_types[type].name,
			   result[0]);
	return (size_t)result[1];
}

/* Returns what was there before, and exchanges only if that is what was expected. */
static const char exchange_source[] =
	"#ifdef cl_khr_int64_base_atomics\n"
	"#pragma OPENCL EXTENSION cl_khr_int64_base_atomics : enable\n"
	"#endif\n"
	"kernel void test(global TYPE *object, global TYPE *R)\n{\n"
	"\tlocal TYPE in_local;\n"
	"\t*object = 5;\n"
	"\tR[0] = NAME(object, (TYPE)4, (TYPE)6);\n"
	"\tR[1] = *object;\n"
	"\tR[2] = NAME(object, (TYPE)5, (TYPE)7);\n"
	"\tR[3] = *object;\n"
	"\tin_local = 5;\n"
	"\tR[4] = NAME(&in_local, (TYPE)5, (TYPE)7);\n"
	"\tR[5] = in_local;\n}\n";

static size_t test_old_exchange(const struct tandem_session *session, enum value_type type,
				const char *name)
{
	static const int expected[] = { 5, 5, 5, 7, 5, 7 };
	char object[8] = { 0 };
	char results[6 * 8] = { 0 };
	const struct value_buffer buffers[] = { { object, sizeof(object) },
						{ results, sizeof(results) } };
	char options[64];

	snprintf(options, sizeof(options), "-DTYPE=%s -DNAME=%s", value_types[type].name, name);
	if (!value_run(session, exchange_source, options, "test", buffers, 2, 1, 1))
		return 0;
	for (size_t i = 0; i < 6; i++) {
		if (value_integer(type, results, i) != expected[i])
			value_fail("%s of %s, result %zu: %lld, expected %d", name,
				   value_types[type].name, i,
				   (long long)value_integer(type, results, i), expected[i]);
	}
	return 6;
}

/* Each work-item adds to a sum in global memory and to one of its group. */
static const char sum_source[] =
	"kernel void test(global int *sum, global int *group_sums)\n{\n"
	"\tlocal int group_sum;\n"
	"\tif (get_local_id(0) == 0) group_sum = 0;\n"
	"\tbarrier(CLK_LOCAL_MEM_FENCE);\n"
	"\tatomic_add(sum, (int)get_global_id(0));\n"
	"\tatomic_inc(&group_sum);\n"
	"\tbarrier(CLK_LOCAL_MEM_FENCE);\n"
	"\tif (get_local_id(0) == 0) group_sums[get_group_id(0)] = group_sum;\n}\n";

static size_t test_sums(const struct tandem_session *session)
{
	int sum = 0;
	int group_sums[ADDERS / 64] = { 0 };
	const struct value_buffer buffers[] = { { &sum, sizeof(sum) },
						{ group_sums, sizeof(group_sums) } };

	if (!value_run(session, sum_source, "", "test", buffers, 2, ADDERS, 64))
		return 0;
	if (sum != ADDERS * (ADDERS - 1) / 2)
		value_fail("sum of all work-items: %d, expected %d", sum,
			   ADDERS * (ADDERS - 1) / 2);
	for (size_t i = 0; i < ADDERS / 64; i++) {
		if (group_sums[i] != 64)
			value_fail("sum of group %zu: %d, expected 64", i, group_sums[i]);
	}
	return 1 + ADDERS / 64;
}

static size_t test_all_old(const struct tandem_session *session)
{
	bool has_64 = tandem_session_has_extension(session, "cl_khr_int64_base_atomics") &&
		      tandem_session_has_extension(session, "cl_khr_int64_extended_atomics");
	size_t checks = test_sums(session);

	for (enum value_type type = TYPE_INT; type <= (has_64 ? TYPE_ULONG : TYPE_UINT); type++) {
		checks += test_old(session, type);
		if (type <= TYPE_UINT)
			checks += test_old_exchange(session, type, "atomic_cmpxchg");
		checks += test_old_exchange(session, type, "atom_cmpxchg");
	}
	return checks + test_old(session, TYPE_FLOAT);
}

static size_t test_all_new(const struct tandem_session *session)
{
	enum value_type last = session->has_double ? TYPE_DOUBLE : TYPE_FLOAT;
	size_t checks = 0;

	for (enum value_type type = TYPE_INT; type <= last; type++) {
		if (type == TYPE_HALF)
			continue;
		checks += test_new(session, type);
		checks += test_others(session, type);
	}
	return checks;
}

int main(void)
{
	struct tandem_session session;
	size_t checks;

	tandem_session_open(&session);
	checks = test_all_old(&session);
	if (tandem_session_has_feature(&session, "__opencl_c_atomic_order_seq_cst") &&
	    tandem_session_has_feature(&session, "__opencl_c_atomic_scope_all_devices") &&
	    tandem_session_has_feature(&session, "__opencl_c_generic_address_space"))
		checks += test_all_new(&session);
	else
		printf("SKIP: C11 atomics: the device lacks features\n");
	tandem_session_close(&session);
	return value_finish(checks);
}
