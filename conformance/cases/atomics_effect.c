// SPDX-License-Identifier: MIT
/* What atomic operations do: as arithmetic, and on the CPU. */
#include "atomics.h"

#include <stdlib.h>
#include <string.h>

uint64_t atomics_get(const struct atomics_type *type, const void *array, size_t index)
{
	uint64_t bits = 0;

	memcpy(&bits, (const char *)array + index * type->bytes, type->bytes);
	return bits;
}

void atomics_set(const struct atomics_type *type, void *array, size_t index, uint64_t bits)
{
	memcpy((char *)array + index * type->bytes, &bits, type->bytes);
}

static bool less(const struct atomics_type *type, uint64_t one, uint64_t other)
{
	if (!type->is_signed)
		return one < other;
	if (type->bytes == 4)
		return (int32_t)one < (int32_t)other;
	return (int64_t)one < (int64_t)other;
}

/* The number of a bit pattern, and the other way. */
static double real_of(const struct atomics_type *type, uint64_t bits)
{
	double real;
	float narrow;

	if (type->bytes == 4) {
		memcpy(&narrow, &bits, sizeof(narrow));
		return narrow;
	}
	memcpy(&real, &bits, sizeof(real));
	return real;
}

static uint64_t bits_of(const struct atomics_type *type, double real)
{
	const float narrow = (float)real;
	uint64_t bits = 0;

	if (type->bytes == 4)
		memcpy(&bits, &narrow, sizeof(narrow));
	else
		memcpy(&bits, &real, sizeof(real));
	return bits;
}

uint64_t atomics_number(const struct atomics_type *type, uint64_t number)
{
	return type->is_real ? bits_of(type, (double)number) : number;
}

static bool is_real_arithmetic(const struct atomics_row *row)
{
	return row->type->is_real && row->operation->effect != EFFECT_REPLACE;
}

/* Of whole numbers that the type has, so that nothing is rounded. */
static uint64_t real_effect(const struct atomics_row *row, uint64_t value, uint64_t operand)
{
	const double one = real_of(row->type, value), other = real_of(row->type, operand);

	switch (row->operation->effect) {
	case EFFECT_ADD:
		return bits_of(row->type, one + other);
	case EFFECT_SUB:
		return bits_of(row->type, one - other);
	case EFFECT_MIN:
		return other < one ? operand : value;
	default:
		return one < other ? operand : value;
	}
}

uint64_t atomics_effect(const struct atomics_row *row, uint64_t value, uint64_t operand)
{
	uint64_t mask = row->type->bytes == 4 ? UINT32_MAX : UINT64_MAX;

	if (is_real_arithmetic(row))
		return real_effect(row, value, operand);
	switch (row->operation->effect) {
	case EFFECT_ADD:
		return (value + operand) & mask;
	case EFFECT_SUB:
		return (value - operand) & mask;
	case EFFECT_OR:
		return value | operand;
	case EFFECT_XOR:
		return value ^ operand;
	case EFFECT_AND:
		return value & operand;
	case EFFECT_MIN:
		return less(row->type, operand, value) ? operand : value;
	case EFFECT_MAX:
		return less(row->type, value, operand) ? operand : value;
	case EFFECT_REPLACE:
		break;
	}
	return operand;
}

/* By compare-exchange: for what the CPU has no operation. */
static uint64_t apply_32_by_exchange(const struct atomics_row *row, uint32_t *word,
				     uint64_t operand)
{
	uint32_t seen = __atomic_load_n(word, __ATOMIC_RELAXED);

	while (!__atomic_compare_exchange_n(word, &seen,
					    (uint32_t)atomics_effect(row, seen, operand), true,
					    __ATOMIC_SEQ_CST, __ATOMIC_RELAXED))
		;
	return seen;
}

static uint64_t apply_64_by_exchange(const struct atomics_row *row, uint64_t *word,
				     uint64_t operand)
{
	uint64_t seen = __atomic_load_n(word, __ATOMIC_RELAXED);

	while (!__atomic_compare_exchange_n(word, &seen, atomics_effect(row, seen, operand), true,
					    __ATOMIC_SEQ_CST, __ATOMIC_RELAXED))
		;
	return seen;
}

#define APPLY(word, operand)                                                     \
	switch (row->operation->effect) {                                        \
	case EFFECT_ADD:                                                         \
		return __atomic_fetch_add(word, operand, __ATOMIC_SEQ_CST);      \
	case EFFECT_SUB:                                                         \
		return __atomic_fetch_sub(word, operand, __ATOMIC_SEQ_CST);      \
	case EFFECT_OR:                                                          \
		return __atomic_fetch_or(word, operand, __ATOMIC_SEQ_CST);       \
	case EFFECT_XOR:                                                         \
		return __atomic_fetch_xor(word, operand, __ATOMIC_SEQ_CST);      \
	case EFFECT_AND:                                                         \
		return __atomic_fetch_and(word, operand, __ATOMIC_SEQ_CST);      \
	case EFFECT_REPLACE:                                                     \
		if (row->operation->form && strstr(row->operation->form, "CAS")) \
			break;                                                   \
		return __atomic_exchange_n(word, operand, __ATOMIC_SEQ_CST);     \
	case EFFECT_MIN:                                                         \
	case EFFECT_MAX:                                                         \
		break;                                                           \
	}

uint64_t atomics_apply(const struct atomics_row *row, void *word, uint64_t operand)
{
	const bool by_exchange = is_real_arithmetic(row);

	if (row->type->bytes == 4) {
		if (!by_exchange)
			APPLY((uint32_t *)word, (uint32_t)operand)
		return apply_32_by_exchange(row, word, operand);
	}
	if (!by_exchange)
		APPLY((uint64_t *)word, operand)
	return apply_64_by_exchange(row, word, operand);
}

/* ---- the checker ---- */

static int by_returned(const void *one, const void *other)
{
	uint64_t first = ((const struct atomics_application *)one)->returned;
	uint64_t second = ((const struct atomics_application *)other)->returned;

	return (first > second) - (first < second);
}

static struct atomics_application *find(struct atomics_application *applications,
					unsigned int count, uint64_t returned)
{
	const struct atomics_application wanted = { .returned = returned };

	return count ? bsearch(&wanted, applications, count, sizeof(wanted), by_returned) : NULL;
}

/* Moves the applications that changed the word to the front; returns their number. */
static unsigned int divide(const struct atomics_row *row, struct atomics_application *applications,
			   unsigned int count)
{
	unsigned int changing = 0;

	for (unsigned int i = 0; i < count; i++) {
		struct atomics_application it = applications[i];

		if (atomics_effect(row, it.returned, it.operand) == it.returned)
			continue;
		applications[i] = applications[changing];
		applications[changing++] = it;
	}
	return changing;
}

/* Puts the applications that changed the word in order. */
static void follow(const struct atomics_row *row, unsigned int word, uint64_t first, uint64_t last,
		   struct atomics_application *applications, unsigned int count)
{
	uint64_t value = first;

	qsort(applications, count, sizeof(*applications), by_returned);
	for (unsigned int i = 1; i < count; i++)
		svm_expect(applications[i].returned != applications[i - 1].returned,
			   "word %u: two operations returned the same old value 0x%llx: "
			   "one of them was lost",
			   word, (unsigned long long)applications[i].returned);
	for (unsigned int i = 0; i < count; i++) {
		struct atomics_application *it = find(applications, count, value);

		svm_expect(it,
			   "word %u: no operation returned 0x%llx, which operation %u of %u "
			   "must have left behind",
			   word, (unsigned long long)value, i, count);
		it->position = i;
		value = atomics_effect(row, value, it->operand);
	}
	svm_expect(value == last, "word %u: expected 0x%llx after %u operations, seen 0x%llx", word,
		   (unsigned long long)value, count, (unsigned long long)last);
}

static bool were_together(const struct atomics_application *applications, unsigned int count)
{
	unsigned int least[2] = { UINT32_MAX, UINT32_MAX }, most[2] = { 0, 0 };

	for (unsigned int i = 0; i < count; i++) {
		const struct atomics_application *it = &applications[i];

		if (it->position < least[it->by_cpu])
			least[it->by_cpu] = it->position;
		if (it->position > most[it->by_cpu])
			most[it->by_cpu] = it->position;
	}
	return least[0] < most[1] && least[1] < most[0];
}

bool atomics_check_chain(const struct atomics_row *row, unsigned int word, uint64_t first,
			 uint64_t last, struct atomics_application *applications,
			 unsigned int count)
{
	unsigned int changing = divide(row, applications, count);

	follow(row, word, first, last, applications, changing);
	for (unsigned int i = changing; i < count; i++) {
		uint64_t value = applications[i].returned;
		const struct atomics_application *it = find(applications, changing, value);

		svm_expect(it || value == last,
			   "word %u: an operation returned 0x%llx, which was never there", word,
			   (unsigned long long)value);
		applications[i].position = it ? it->position : changing;
	}
	return were_together(applications, count);
}
