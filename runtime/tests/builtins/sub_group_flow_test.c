// SPDX-License-Identifier: MIT
/*
 * Which work-items of a sub-group are there: on ways that only some go, in loops that they leave in
 * different turns, between barriers, in functions called from several places. And what sub-groups
 * are, as kernels see it and as clGetKernelSubGroupInfo tells.
 */
#include <stdio.h>
#include <string.h>

#include "source.h"
#include "sub_group_world.h"

#define EVENTS 8
#define WORDS  8 /* of an event */

/*
 * A flow is a piece of code of a work-item with the key k, in OpenCL C and in C alike. In each event
 * ask(e) it asks the others that come to it. Events of one number are one: which work-items come
 * to it is what they do by themselves.
 */
/* clang-format off */
#define FLOWS(X)                                                                                   \
	X(uniform, ask(0); if (n > 2) ask(1);)                                                     \
	X(two_ways, if (k & 1) ask(0); else ask(1); ask(2);)                                       \
	X(ways_in_ways, if (k & 1) { if (k & 2) ask(0); else ask(1); ask(2); }                     \
			else if (k & 4) ask(3); ask(4);)                                           \
	X(turns, for (uint j = 0; j < (k & 3); j++) ask(j); ask(4);)                               \
	X(uniform_turns, for (uint j = 0; j < n; j++) { if (k >> j & 1) ask(j); } ask(5);)         \
	X(left_out, for (uint j = 0; j < 4; j++) { if (k >> j & 1) continue; ask(j); } ask(4);)    \
	X(left_early, for (uint j = 0; j < 4; j++) { if ((k & 3) == j) break; ask(j); } ask(4);)   \
	X(left_late, uint j = 0; do { ask(j); } while (++j < (k & 7)); if (k & 8) ask(7);)         \
	X(choice, switch (k & 3) { case 0: ask(0); break; case 1: ask(1); break; case 2: break;    \
				   default: ask(2); } ask(3);)                                     \
	X(ended, if (k & 1) return; ask(0); if (k & 2) return; ask(1); if (k & 4) ask(2);)         \
	X(ternary, uint a = k & 1 ? ask(0) : ask(1); uint b = k & 2 ? a : ask(2);                  \
		   if (a + b != 1) ask(3);)                                                        \
	X(logical, if ((k & 1 && ask(0)) || ask(1)) ask(2); ask(3);)                               \
	X(loops, for (uint i = 0; i < (k & 3); i++) for (uint j = 0; j <= (k >> 2 & 1); j++)       \
			 ask(i * 2 + j); ask(7);)                                                  \
	X(loop_in_way, if (k & 1) { for (uint j = 0; j < (k >> 1 & 3); j++) ask(j); }              \
		       else { for (uint j = 0; j < (k >> 1 & 3); j++) ask(3 + j); } ask(6);)       \
	X(while_any, uint left = k & 3; uint j = 0;                                                \
		     while (sub_group_any(left != 0)) { if (left) { ask(j); left--; } j++; })      \
	X(functions, if (k & 1) called(0); else called(1); called(2); if (k & 4) called(3);)       \
	X(barriers, ask(0); barrier(1); if (k & 1) ask(1); barrier(1);                             \
		    for (uint j = 2; j < 2 + (k & 3); j++) ask(j); barrier(1); ask(6);)            \
	X(barriers_in_turns, for (uint j = 0; j < n; j++) { if (k >> j & 1) ask(j); barrier(1); }  \
			     ask(5);)                                                              \
	X(beside_groups, if (work_group_all(n == 5)) ask(0);                                       \
			 for (uint j = 1; work_group_any(j < n - 2); j++) { if (k >> j & 1) ask(j); }\
			 ask(5);)                                                                  \
	X(private_memory, uint a[4]; for (uint j = 0; j < 4; j++) a[j] = k >> j;                   \
			  for (uint j = 0; j < 4; j++) if (a[(j + k) & 3] & 1) a[j] = ask(j);      \
			  if (a[k & 3] & 1) ask(4);)
/* clang-format on */

/* ---- the flows in C ---- */

#define ask(e)		  come_to(events, e)
#define called(e)	  come_to(events, e)
#define barrier(f)	  ((void)0)
#define sub_group_any(c)  (c)
#define work_group_any(c) (c)
#define work_group_all(c) (c)

typedef unsigned int uint;

static uint come_to(uint *events, uint event)
{
	*events |= 1u << event;
	return 1;
}

#define FUNCTION(name, ...)                                   \
	static void flow_##name(uint k, uint n, uint *events) \
	{                                                     \
		(void)k;                                      \
		(void)n;                                      \
		__VA_ARGS__                                   \
	}
FLOWS(FUNCTION)

#undef ask
#undef called
#undef barrier
#undef sub_group_any
#undef work_group_any
#undef work_group_all

static const struct {
	const char *name, *text;
	void (*run)(uint k, uint n, uint *events);
} flows[] = {
#define ROW(name, ...) { #name, #__VA_ARGS__, flow_##name },
	FLOWS(ROW)
#undef ROW
};

#define FLOW_COUNT (sizeof(flows) / sizeof(flows[0]))

/* ---- and in OpenCL C ---- */

static const char ask_source[] =
	"#ifndef __opencl_c_work_group_collective_functions\n"
	"#define work_group_any(c) (c)\n"
	"#define work_group_all(c) (c)\n"
	"#endif\n"
	"#define ask(e) tell(r + (e) * 8, x, k)\n"
	"#define called(e) asked(r + (e) * 8, x, k)\n"
	"uint tell(global uint *r, uint x, uint k)\n"
	"{\n"
	"\tr[0] = sub_group_non_uniform_reduce_add(x);\n"
	"\tr[1] = sub_group_non_uniform_scan_exclusive_add(x);\n"
	"\tr[2] = sub_group_non_uniform_any(k & 1);\n"
	"#ifdef cl_khr_subgroup_ballot\n"
	"\tuint4 all = sub_group_ballot(1), odd = sub_group_ballot(k & 1);\n"
	"\tr[3] = all.x; r[4] = odd.x;\n"
	"\tr[5] = sub_group_broadcast_first(x);\n"
	"\tr[6] = sub_group_ballot_bit_count(all) + (sub_group_ballot_find_lsb(all) << 8) +"
	" (sub_group_ballot_find_msb(all) << 16) + (sub_group_elect() ? 1u << 24 : 0);\n"
	"\tr[7] = sub_group_ballot_inclusive_scan(odd) + (sub_group_ballot_exclusive_scan(odd) << 8)"
	" + (sub_group_inverse_ballot(odd) ? 1u << 16 : 0) +"
	" (sub_group_ballot_bit_extract(odd, 1) ? 1u << 24 : 0);\n"
	"#endif\n"
	"\treturn 1;\n"
	"}\n"
	"__attribute__((noinline)) void asked(global uint *r, uint x, uint k)\n"
	"{\n"
	"\tif (k != 99) tell(r, x, k);\n"
	"}\n";

static unsigned int key_of(size_t place)
{
	return (unsigned int)(place * 2654435761u >> 9);
}

/* What one asks is of the others that come to the same. */
static void expect(const struct place *place, const bool *here, unsigned int words[WORDS])
{
	unsigned int odd[2] = { 0 }, count = 0, lsb = NOWHERE & 0xff, msb = 0;

	memset(words, 0, WORDS * sizeof(*words));
	for (unsigned int lane = 0; lane < MOST_LANES; lane++) {
		size_t peer = place->peers[lane];
		unsigned int x = (unsigned int)peer * 3 + 1;

		if (!is_here(place, lane, here))
			continue;
		words[0] += x;
		words[1] += lane < place->lane ? x : 0;
		words[2] |= key_of(peer) & 1;
		words[3] |= lane < 32 ? 1u << lane : 0;
		words[4] |= lane < 32 ? (key_of(peer) & 1) << lane : 0;
		words[5] = count ? words[5] : x;
		lsb = count ? lsb : lane;
		msb = lane;
		count++;
		odd[0] += lane <= place->lane ? key_of(peer) & 1 : 0;
		odd[1] += lane < place->lane ? key_of(peer) & 1 : 0;
	}
	words[6] = count + (lsb << 8) + (msb << 16) + (lsb == place->lane ? 1u << 24 : 0);
	words[7] = odd[0] + (odd[1] << 8) + ((key_of(place->peers[place->lane]) & 1) << 16) +
		   ((words[4] >> 1 & 1) << 24);
}

static size_t check_event(const struct world *world, size_t flow, unsigned int event,
			  const unsigned int *comes, const unsigned int *results, bool has_ballots)
{
	size_t items = items_of(world->shape), checks = 0;
	bool here[MOST_ITEMS];

	for (size_t i = 0; i < items; i++)
		here[i] = comes[i] >> event & 1;
	for (size_t i = 0; i < items; i++) {
		const unsigned int *seen = results + (i * EVENTS + event) * WORDS;
		unsigned int expected[WORDS];

		if (here[i])
			expect(&world->places[i], here, expected);
		else
			memset(expected, 0x55, sizeof(expected));
		for (size_t w = 0; w < (has_ballots ? WORDS : 3); w++, checks++) {
			/* Any number but 0 is true. */
			bool is_true = w == 2 && here[i] && seen[w] && expected[w];

			if (!is_true && seen[w] != expected[w])
				value_fail("flow %s, shape %zu, place %zu, event %u, word %zu:"
					   " %#x, expected %#x",
					   flows[flow].name, world->shape, i, event, w, seen[w],
					   expected[w]);
		}
	}
	return checks;
}

static size_t test_flow(const struct tandem_session *session, cl_program program, size_t flow,
			size_t shape)
{
	bool has_ballots = tandem_session_has_extension(session, "cl_khr_subgroup_ballot");
	static unsigned int keys[MOST_ITEMS], comes[MOST_ITEMS],
		results[MOST_ITEMS * EVENTS * WORDS];
	const struct value_buffer buffers[] = {
		{ keys, sizeof(keys) },
		{ results, sizeof(results) },
	};
	static struct world world;
	size_t checks = 0;

	memset(results, 0x55, sizeof(results));
	memset(comes, 0, sizeof(comes));
	for (size_t i = 0; i < MOST_ITEMS; i++) {
		keys[i] = key_of(i);
		flows[flow].run(keys[i], 5, &comes[i]);
	}
	if (!world_run(session, program, flows[flow].name, shape, buffers, 2, &world))
		return 0;
	for (unsigned int event = 0; event < EVENTS; event++)
		checks += check_event(&world, flow, event, comes, results, has_ballots);
	return checks;
}

static size_t test_flows(const struct tandem_session *session)
{
	static struct source_text source;
	cl_program program;
	size_t checks = 0;

	source_begin(&source);
	source_put(&source, "%s%s", world_source, ask_source);
	for (size_t flow = 0; flow < FLOW_COUNT; flow++)
		source_put(
			&source,
			"kernel void %s(global uint *W, global const uint *K, global uint *R)\n{\n\tWHO(W);\n"
			"\tuint k = K[PLACE], n = get_work_dim() + 2, x = PLACE * 3 + 1;\n"
			"\tglobal uint *r = R + PLACE * %d;\n\t%s\n}\n",
			flows[flow].name, EVENTS * WORDS, flows[flow].text);
	program = world_build(session, source.text);
	for (size_t flow = 0; program && flow < FLOW_COUNT; flow++) {
		for (size_t shape = 0; shape < SHAPES; shape++)
			checks += test_flow(session, program, flow, shape);
	}
	if (program)
		tandem_program_release(program);
	return checks;
}

/* ---- what sub-groups are ---- */

static const char who_source[] =
	"kernel void who(global uint *W) { WHO(W); }\n"
	"kernel __attribute__((reqd_work_group_size(12, 2, 1))) void required(global uint *W)"
	" { WHO(W); }\n";

static size_t ask_host(const struct tandem_session *session, cl_kernel kernel,
		       cl_kernel_sub_group_info name, const size_t *input, size_t sizes)
{
	size_t value = 0;
	cl_int code = clGetKernelSubGroupInfo(kernel, session->device, name, sizes * sizeof(*input),
					      input, sizeof(value), &value, NULL);

	if (code)
		value_fail("clGetKernelSubGroupInfo(%#x): %d", name, code);
	return value;
}

/* The host's answers are those of the kernel, of groups as large as was asked for. */
static size_t check_queries(const struct tandem_session *session, cl_kernel kernel,
			    const struct shape *sizes, const struct place *place)
{
	size_t most = ask_host(session, kernel, CL_KERNEL_MAX_SUB_GROUP_SIZE_FOR_NDRANGE,
			       sizes->local, 3);
	size_t count =
		ask_host(session, kernel, CL_KERNEL_SUB_GROUP_COUNT_FOR_NDRANGE, sizes->local, 3);
	size_t most_count = ask_host(session, kernel, CL_KERNEL_MAX_NUM_SUB_GROUPS, NULL, 0);

	if (most != place->most || count != place->enqueued_count || count > most_count)
		value_fail("groups of %zu, %zu, %zu: the host says %zu sub-groups of %zu, at most"
			   " %zu, the kernel %u of %u",
			   sizes->local[0], sizes->local[1], sizes->local[2], count, most,
			   most_count, place->enqueued_count, place->most);
	return 1;
}

/* A group that is to have @count sub-groups, given as @dimensions sizes. */
static size_t test_size_for(const struct tandem_session *session, cl_kernel kernel, size_t count,
			    size_t dimensions)
{
	struct shape sizes = { { 0 }, { 1, 1, 1 } };
	static struct world world;
	cl_int code = clGetKernelSubGroupInfo(kernel, session->device,
					      CL_KERNEL_LOCAL_SIZE_FOR_SUB_GROUP_COUNT,
					      sizeof(count), &count,
					      dimensions * sizeof(*sizes.local), sizes.local, NULL);

	if (code)
		value_fail("sizes for %zu sub-groups in %zu dimensions: %d", count, dimensions,
			   code);
	if (code || !sizes.local[0])
		return 0;
	memcpy(sizes.global, sizes.local, sizeof(sizes.global));
	if (sizes.local[0] * sizes.local[1] * sizes.local[2] > MOST_ITEMS)
		return 0;
	if (!world_run_sizes(session, kernel, &sizes, NULL, 0, &world) ||
	    world.places[0].count != count)
		value_fail("groups of %zu, %zu, %zu, meant for %zu sub-groups, have %u",
			   sizes.local[0], sizes.local[1], sizes.local[2], count,
			   world.places[0].count);
	return 1;
}

static size_t test_ids(const struct tandem_session *session)
{
	static const struct shape required_sizes = { { 24, 4, 1 }, { 12, 2, 1 } };
	static struct source_text source;
	static struct world world;
	cl_kernel kernel, required;
	cl_program program;
	size_t checks = 0;

	source_begin(&source);
	source_put(&source, "%s%s", world_source, who_source);
	program = world_build(session, source.text);
	if (!program)
		return 0;
	kernel = tandem_kernel_create(program, "who");
	required = tandem_kernel_create(program, "required");
	for (size_t shape = 0; shape < SHAPES; shape++) {
		if (world_run_sizes(session, kernel, &shapes[shape], NULL, 0, &world))
			checks += check_queries(session, kernel, &shapes[shape], world.places);
	}
	if (world_run_sizes(session, required, &required_sizes, NULL, 0, &world))
		checks += check_queries(session, required, &required_sizes, world.places);
	for (size_t count = 1; count <= 24; count++) {
		for (size_t dimensions = 1; dimensions <= 3; dimensions++) {
			checks += test_size_for(session, kernel, count, dimensions);
			checks += test_size_for(session, required, count, dimensions);
		}
	}
	if (ask_host(session, kernel, CL_KERNEL_COMPILE_NUM_SUB_GROUPS, NULL, 0))
		value_fail("a kernel is said to require a number of sub-groups");
	tandem_kernel_release(kernel);
	tandem_kernel_release(required);
	tandem_program_release(program);
	return checks;
}

int main(void)
{
	struct tandem_session session;
	size_t checks;

	world_open(&session);
	checks = test_ids(&session);
	if (tandem_session_has_extension(&session, "cl_khr_subgroup_non_uniform_vote") &&
	    tandem_session_has_extension(&session, "cl_khr_subgroup_non_uniform_arithmetic"))
		checks += test_flows(&session);
	else
		printf("SKIP: ways that some go: no functions for these\n");
	if (!tandem_session_has_extension(&session, "cl_khr_subgroup_ballot"))
		printf("SKIP: the device lacks cl_khr_subgroup_ballot\n");
	tandem_session_close(&session);
	return value_finish(checks);
}
