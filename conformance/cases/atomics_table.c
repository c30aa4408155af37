// SPDX-License-Identifier: MIT
/* The cases of the area atomics that are alike for all operations and types. */
#include "atomics.h"

#include <stdio.h>
#include <string.h>

const struct atomics_type atomics_types[] = {
	{ "int", "atomic_int", 4, true, false, 0 },
	{ "uint", "atomic_uint", 4, false, false, 0 },
	{ "long", "atomic_long", 8, true, false, SVM_INT64_ATOMICS },
	{ "ulong", "atomic_ulong", 8, false, false, SVM_INT64_ATOMICS },
	{ "float", "atomic_float", 4, false, true, 0, SVM_FLOAT_ADD, SVM_FLOAT_MIN_MAX },
	{ "double", "atomic_double", 8, false, true, SVM_INT64_ATOMICS | SVM_FP64, SVM_DOUBLE_ADD,
	  SVM_DOUBLE_MIN_MAX },
};
const unsigned int atomics_type_count = sizeof(atomics_types) / sizeof(atomics_types[0]);

const struct atomics_order atomics_orders[] = {
	{ "relaxed", "relaxed", 0 },	       { "acquire", "acquire", SVM_ACQ_REL },
	{ "release", "relaxed", SVM_ACQ_REL }, { "acq_rel", "acquire", SVM_ACQ_REL },
	{ "seq_cst", "seq_cst", SVM_SEQ_CST },
};
const unsigned int atomics_order_count = sizeof(atomics_orders) / sizeof(atomics_orders[0]);

#define RELAXED (&atomics_orders[0])
#define SEQ_CST (&atomics_orders[4])

static const struct atomics_operation operations[] = {
	{ "fetch_add", "atomic_fetch_add_explicit", "FORM_FETCH", EFFECT_ADD },
	{ "fetch_sub", "atomic_fetch_sub_explicit", "FORM_FETCH", EFFECT_SUB },
	{ "fetch_or", "atomic_fetch_or_explicit", "FORM_FETCH", EFFECT_OR },
	{ "fetch_xor", "atomic_fetch_xor_explicit", "FORM_FETCH", EFFECT_XOR },
	{ "fetch_and", "atomic_fetch_and_explicit", "FORM_FETCH", EFFECT_AND },
	{ "fetch_min", "atomic_fetch_min_explicit", "FORM_FETCH", EFFECT_MIN },
	{ "fetch_max", "atomic_fetch_max_explicit", "FORM_FETCH", EFFECT_MAX },
	{ "exchange", "atomic_exchange_explicit", "FORM_FETCH", EFFECT_REPLACE },
	{ "compare_exchange_strong", "atomic_compare_exchange_strong_explicit", "FORM_CAS",
	  EFFECT_REPLACE },
	{ "compare_exchange_weak", "atomic_compare_exchange_weak_explicit", "FORM_CAS",
	  EFFECT_REPLACE },
};
#define OPERATION_COUNT (sizeof(operations) / sizeof(operations[0]))

/* Without order and scope: sequentially consistent, of device scope. */
static const struct atomics_operation plain_operations[] = {
	{ "fetch_add", "atomic_fetch_add", "FORM_PLAIN", EFFECT_ADD },
	{ "fetch_sub", "atomic_fetch_sub", "FORM_PLAIN", EFFECT_SUB },
	{ "fetch_or", "atomic_fetch_or", "FORM_PLAIN", EFFECT_OR },
	{ "fetch_xor", "atomic_fetch_xor", "FORM_PLAIN", EFFECT_XOR },
	{ "fetch_and", "atomic_fetch_and", "FORM_PLAIN", EFFECT_AND },
	{ "fetch_min", "atomic_fetch_min", "FORM_PLAIN", EFFECT_MIN },
	{ "fetch_max", "atomic_fetch_max", "FORM_PLAIN", EFFECT_MAX },
	{ "exchange", "atomic_exchange", "FORM_PLAIN", EFFECT_REPLACE },
};
#define PLAIN_COUNT (sizeof(plain_operations) / sizeof(plain_operations[0]))

static const struct atomics_operation legacy_operations[] = {
	{ "add", "atomic_add", "FORM_LEGACY", EFFECT_ADD },
	{ "sub", "atomic_sub", "FORM_LEGACY", EFFECT_SUB },
	{ "inc", "atomic_inc", "FORM_LEGACY_STEP", EFFECT_ADD },
	{ "dec", "atomic_dec", "FORM_LEGACY_STEP", EFFECT_SUB },
	{ "or", "atomic_or", "FORM_LEGACY", EFFECT_OR },
	{ "xor", "atomic_xor", "FORM_LEGACY", EFFECT_XOR },
	{ "and", "atomic_and", "FORM_LEGACY", EFFECT_AND },
	{ "min", "atomic_min", "FORM_LEGACY", EFFECT_MIN },
	{ "max", "atomic_max", "FORM_LEGACY", EFFECT_MAX },
	{ "xchg", "atomic_xchg", "FORM_LEGACY", EFFECT_REPLACE },
	{ "cmpxchg", "atomic_cmpxchg", "FORM_LEGACY_CAS", EFFECT_REPLACE },
};
#define LEGACY_COUNT (sizeof(legacy_operations) / sizeof(legacy_operations[0]))

#define VALUES_CLAIM "Stores what the operation makes of the old value, and returns the old value."
#define CAS_CLAIM \
	"Exchanges only where the word is as expected, and stores what it was in *expected."
#define DEVICE_CLAIM                                                               \
	"Applied by many work-items, each application takes effect exactly once, " \
	"and returns what the one before left."
#define BOTH_CLAIM                                                                  \
	"Applied by CPU and device to one word at the same time, each application " \
	"takes effect exactly once, and returns what the one before left."
#define SECTION "C 6.15.12; API 3.3.8, 5.6"

static const struct svm_case values_case = {
	.claim = VALUES_CLAIM,
	.section = SECTION,
	.needs = SVM_ANY_SVM | SVM_C_ATOMICS,
	.run = atomics_values,
};

static const struct svm_case exchange_values_case = {
	.claim = CAS_CLAIM,
	.section = SECTION,
	.needs = SVM_ANY_SVM | SVM_C_ATOMICS,
	.run = atomics_compare_exchange_values,
};

static const struct svm_case device_case = {
	.claim = DEVICE_CLAIM,
	.section = SECTION,
	.needs = SVM_ANY_SVM | SVM_C_ATOMICS,
	.run = atomics_contend,
};

static const struct svm_case both_case = {
	.claim = BOTH_CLAIM,
	.section = SECTION,
	.needs = SVM_ATOMICS | SVM_C_ATOMICS | SVM_ALL_DEVICES,
	.run = atomics_contend,
};

static const struct svm_case legacy_case = {
	.claim = DEVICE_CLAIM,
	.section = "C 6.15.12.8 (legacy atomics)",
	.needs = SVM_ANY_SVM,
	.run = atomics_contend,
};

/* Rows stay as long as the program runs. */
#define MOST_ROWS 512
static struct atomics_row rows[MOST_ROWS];
static unsigned int row_count;

static const struct atomics_row *add_row(struct atomics_row row)
{
	if (row_count == MOST_ROWS)
		__builtin_trap();
	rows[row_count] = row;
	return &rows[row_count++];
}

static void add(const struct svm_case *pattern, const struct atomics_row *row, const char *group,
		const char *suffix)
{
	struct svm_case made = *pattern;

	made.needs |= row->type->needs | row->order->needs;
	svm_register_row(&made, row, "atomics_%s%s_%s_%s", group, row->operation->name,
			 row->type->name, suffix);
}

static void add_type(const struct atomics_operation *operation, const struct atomics_type *type)
{
	bool exchanges = strstr(operation->form, "CAS");
	struct atomics_row row = { .operation = operation, .type = type, .order = RELAXED };

	add(exchanges ? &exchange_values_case : &values_case, add_row(row), "", "values");
	add(&device_case, add_row(row), "", "device");
	row.where = WHERE_BOTH;
	add(&both_case, add_row(row), "", "shared");
}

/* ---- arithmetic on floating-point numbers: the area floats ---- */

static uint64_t real_needs(const struct atomics_row *row)
{
	switch (row->operation->effect) {
	case EFFECT_ADD:
	case EFFECT_SUB:
		return row->type->needs | row->order->needs | row->type->needs_add;
	case EFFECT_MIN:
	case EFFECT_MAX:
		return row->type->needs | row->order->needs | row->type->needs_min_max;
	default:
		return 0;
	}
}

static void add_real_row(const struct svm_case *pattern, struct atomics_row row, const char *group,
			 const char *suffix)
{
	struct svm_case made = *pattern;

	made.needs |= real_needs(&row);
	made.section = "cl_ext_float_atomics; API 3.3.8, 5.6";
	svm_register_row(&made, add_row(row), "floats_%s%s_%s_%s", group, row.operation->name,
			 row.type->name, suffix);
}

static void add_real(const struct atomics_operation *operation, const struct atomics_type *type)
{
	struct atomics_row row = { .operation = operation, .type = type, .order = RELAXED };

	if (!real_needs(&row))
		return;
	add_real_row(&values_case, row, "", "values");
	add_real_row(&device_case, row, "", "device");
	row.where = WHERE_GROUPS;
	row.scope = "memory_scope_work_group";
	add_real_row(&device_case, row, "", "work_group");
	row.where = WHERE_BOTH;
	row.scope = "memory_scope_all_svm_devices";
	add_real_row(&both_case, row, "", "shared");
	row.order = SEQ_CST;
	add_real_row(&both_case, row, "seq_cst_", "shared");
}

static void add_plain_real(const struct atomics_operation *operation,
			   const struct atomics_type *type)
{
	const struct atomics_row row = { .operation = operation, .type = type, .order = SEQ_CST };

	if (real_needs(&row))
		add_real_row(&device_case, row, "default_", "device");
}

__attribute__((constructor)) static void register_floats(void)
{
	for (unsigned int j = 0; j < atomics_type_count; j++) {
		for (unsigned int i = 0; i < OPERATION_COUNT && atomics_types[j].is_real; i++)
			add_real(&operations[i], &atomics_types[j]);
		for (unsigned int i = 0; i < PLAIN_COUNT && atomics_types[j].is_real; i++)
			add_plain_real(&plain_operations[i], &atomics_types[j]);
	}
}

/* ---- integers, and exchanges of any type: the area atomics ---- */

static void add_orders(const struct atomics_operation *operation)
{
	for (unsigned int i = 0; i < atomics_order_count; i++) {
		struct atomics_row row = { .operation = operation,
					   .type = &atomics_types[0],
					   .order = &atomics_orders[i] };
		char suffix[64];

		row.scope = "memory_scope_work_group";
		row.where = WHERE_GROUPS;
		snprintf(suffix, sizeof(suffix), "%s_work_group", row.order->name);
		add(&device_case, add_row(row), "order_", suffix);
		row.scope = "memory_scope_device";
		row.where = WHERE_DEVICE;
		snprintf(suffix, sizeof(suffix), "%s_device", row.order->name);
		add(&device_case, add_row(row), "order_", suffix);
		row.scope = "memory_scope_all_svm_devices";
		row.where = WHERE_BOTH;
		snprintf(suffix, sizeof(suffix), "%s_all_svm_devices", row.order->name);
		add(&both_case, add_row(row), "order_", suffix);
	}
}

__attribute__((constructor)) static void register_atomics(void)
{
	for (unsigned int i = 0; i < OPERATION_COUNT; i++) {
		for (unsigned int j = 0; j < atomics_type_count; j++) {
			if (!atomics_types[j].is_real || operations[i].effect == EFFECT_REPLACE)
				add_type(&operations[i], &atomics_types[j]);
		}
	}
	add_orders(&operations[0]);
	add_orders(&operations[7]);
	add_orders(&operations[8]);
	for (unsigned int i = 0; i < PLAIN_COUNT; i++) {
		const struct atomics_row row = { .operation = &plain_operations[i],
						 .type = &atomics_types[0],
						 .order = SEQ_CST };

		add(&device_case, add_row(row), "default_", "device");
	}
	for (unsigned int i = 0; i < LEGACY_COUNT; i++) {
		for (unsigned int j = 0; j < 2; j++) {
			const struct atomics_row row = { .operation = &legacy_operations[i],
							 .type = &atomics_types[j],
							 .order = RELAXED };

			add(&legacy_case, add_row(row), "legacy_", "device");
		}
	}
}
