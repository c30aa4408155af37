// SPDX-License-Identifier: GPL-2.0-only
/*
 * stress [--seed N] [--updates MILLIONS] [--seconds N] [--event-updates N] [--burst N]
 *	[--unpaced] [--no-exclusivity]
 *
 * CPUs and two devices add to words in shared pages while other threads do to
 * the memory whatever a process may do, each kind of it once in so many updates
 * (--event-updates). At the end each word has to be the sum of what all have added to
 * it. Ends when that many updates are done, or time is up, whichever is first; says how
 * many were lost, and how often each kind of event happened. Exit status 1 if an
 * update was lost, 3 if a kind that the kernel has never happened.
 *
 * Each adds in bursts of up to so many updates (--burst): with longer ones, more is
 * done in the same time, and less of it just after a page has changed hands.
 *
 * With --unpaced, updates do not wait for events: those are few then, but CPUs and
 * devices are at the same word at the same time much more often.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "stress.h"

#define WORDS_A_PAGE	16u
#define WORDS		(STRESS_PAGES * WORDS_A_PAGE)
#define ADDERS		4u
/* How long all meet at one word, in bursts that are as long as can be. */
#define MEETING_BURSTS	3u
/* 3000 events of each kind in 100 million updates. */
#define EVENT_UPDATES	33000u
/* How many events may be due that have not happened. */
#define MAX_EVENTS_DUE	32u

struct stress {
	struct vsvm_gpu gpus[STRESS_GPUS];
	struct stress_eventer eventers[STRESS_EVENT_THREADS];
	uint64_t seed;
	uint64_t wanted;
	/* updates from one event to the next */
	uint64_t event_updates;
	/* updates that one thread does at once at most */
	unsigned int burst;
	bool exclusivity;
	bool unpaced;
	atomic_ullong updates;
	/* what has been added to each word, in total */
	atomic_uint added[WORDS];
	atomic_bool stop;
	/* Adders and events wait for each other, and main() for their end. */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	uint64_t events_begun;
	uint64_t events_done;
};

struct adder {
	struct stress *stress;
	/* of which GPU, -1 for a CPU */
	int gpu;
	uint64_t random;
};

static size_t word_offset(unsigned int word)
{
	return stress_page_offset(word / WORDS_A_PAGE) + (word % WORDS_A_PAGE) * 64;
}

/* The word at which all meet until the next event is due. */
static unsigned int hot_word(struct stress *stress)
{
	uint64_t state = stress->seed ^ 0x9e3779b97f4a7c15ull *
			 (1 + atomic_load(&stress->updates) / (MEETING_BURSTS * stress->burst));

	stress_random(&state);
	return stress_random(&state) % WORDS;
}

static void stop_all(struct stress *stress)
{
	pthread_mutex_lock(&stress->lock);
	atomic_store(&stress->stop, true);
	pthread_cond_broadcast(&stress->changed);
	pthread_mutex_unlock(&stress->lock);
}

/* An event is due. If too many are, wait until some have happened. */
static void let_events_happen(struct stress *stress)
{
	pthread_mutex_lock(&stress->lock);
	pthread_cond_broadcast(&stress->changed);
	while (!stress->unpaced && !atomic_load(&stress->stop) &&
	       stress->events_done + MAX_EVENTS_DUE <
		       atomic_load(&stress->updates) / stress->event_updates)
		pthread_cond_wait(&stress->changed, &stress->lock);
	pthread_mutex_unlock(&stress->lock);
}

/* Wait until an event is due, for the caller to bring it about. */
static bool begin_event(struct stress *stress)
{
	bool stop;

	pthread_mutex_lock(&stress->lock);
	while (!atomic_load(&stress->stop) &&
	       stress->events_begun >=
		       atomic_load(&stress->updates) / stress->event_updates)
		pthread_cond_wait(&stress->changed, &stress->lock);
	stop = atomic_load(&stress->stop);
	if (!stop)
		stress->events_begun++;
	pthread_mutex_unlock(&stress->lock);
	return !stop;
}

static void end_event(struct stress *stress)
{
	pthread_mutex_lock(&stress->lock);
	stress->events_done++;
	pthread_cond_broadcast(&stress->changed);
	pthread_mutex_unlock(&stress->lock);
}

/*
 * Adds in bursts to one word, on a device or a CPU. A burst is what makes both
 * sides get many updates done, and meet in the middle of them. Whatever they wait
 * for, afterwards most of them go on with the same word.
 */
static void *add(void *argument)
{
	struct adder *adder = argument;
	struct stress *stress = adder->stress;
	char *window = adder->gpu < 0 ? stress->gpus[0].arena :
					stress->gpus[adder->gpu].atomic;

	while (!atomic_load(&stress->stop)) {
		const uint64_t random = stress_random(&adder->random);
		const unsigned int word = random % 4 ? hot_word(stress) :
						       (random >> 8) % WORDS;
		const unsigned int burst = 1 + (random >> 32) % stress->burst;
		uint32_t *address = (uint32_t *)(window + word_offset(word));
		unsigned int i;
		uint64_t before;

		for (i = 0; i < burst; i++) {
			if (adder->gpu < 0)
				__atomic_fetch_add(address, 1, __ATOMIC_SEQ_CST);
			else
				vsvm_device_add(address, 1);
		}
		atomic_fetch_add(&stress->added[word], burst);
		before = atomic_fetch_add(&stress->updates, burst);
		if (before + burst >= stress->wanted)
			stop_all(stress);
		else if (before / stress->event_updates !=
			 (before + burst) / stress->event_updates)
			let_events_happen(stress);
		/*
		 * Who waits for a lock that another has is not to wait for the
		 * end of everybody's time slice, which is long compared to what
		 * is done under the locks.
		 */
		sched_yield();
	}
	return NULL;
}

struct event_thread {
	struct stress *stress;
	struct stress_eventer *eventer;
};

static void *bring_about_events(void *argument)
{
	struct event_thread *thread = argument;

	while (begin_event(thread->stress)) {
		thread->eventer->hot_page = hot_word(thread->stress) / WORDS_A_PAGE;
		stress_event(thread->eventer);
		end_event(thread->stress);
	}
	return NULL;
}

static int set_up(struct stress *stress)
{
	char *arena = vsvm_huge_memory(STRESS_ARENA_BYTES);
	unsigned int i;

	if (!stress->exclusivity &&
	    vsvm_write_text("/sys/module/vsvm/parameters/exclusivity", "N"))
		return -1;
	if (!arena)
		return -1;
	for (i = 0; i < STRESS_GPUS; i++) {
		if (vsvm_attach(&stress->gpus[i], i, arena, STRESS_ARENA_BYTES) ||
		    vsvm_register(&stress->gpus[i], arena, STRESS_ARENA_BYTES))
			return -1;
	}
	if (!stress->exclusivity &&
	    vsvm_write_text("/sys/module/vsvm/parameters/exclusivity", "Y"))
		return -1;
	stress_events_init(stress->gpus[0].arena);
	pthread_mutex_init(&stress->lock, NULL);
	pthread_cond_init(&stress->changed, NULL);
	return 0;
}

static int64_t count_lost(struct stress *stress)
{
	int64_t lost = 0;
	unsigned int word;

	for (word = 0; word < WORDS; word++) {
		const uint32_t expected = atomic_load(&stress->added[word]);
		const uint32_t seen =
			*(uint32_t *)(stress->gpus[0].arena + word_offset(word));

		if (expected == seen)
			continue;
		if (!lost)
			printf("stress: seed %llu: word %u: expected %u, seen %u\n",
			       (unsigned long long)stress->seed, word, expected, seen);
		lost += llabs((int32_t)(expected - seen));
	}
	return lost;
}

static void wait_for_end(struct stress *stress, unsigned int seconds)
{
	struct timespec end;

	clock_gettime(CLOCK_REALTIME, &end);
	end.tv_sec += seconds;
	pthread_mutex_lock(&stress->lock);
	while (!atomic_load(&stress->stop))
		if (pthread_cond_timedwait(&stress->changed, &stress->lock, &end) ==
		    ETIMEDOUT)
			break;
	pthread_mutex_unlock(&stress->lock);
	stop_all(stress);
}

/* Runs all threads until they are done. Returns how many updates were lost. */
static int64_t run(struct stress *stress, unsigned int seconds)
{
	const uint64_t seed = (stress->seed + 1) * 0x9e3779b97f4a7c15ull;
	struct event_thread event_threads[STRESS_EVENT_THREADS];
	pthread_t threads[ADDERS + STRESS_EVENT_THREADS];
	struct adder adders[ADDERS];
	unsigned int i;

	for (i = 0; i < ADDERS; i++) {
		adders[i].stress = stress;
		/* two CPU threads, and one core of each GPU */
		adders[i].gpu = i < 2 ? -1 : (int)i - 2;
		adders[i].random = seed + i;
		pthread_create(&threads[i], NULL, add, &adders[i]);
	}
	for (i = 0; i < STRESS_EVENT_THREADS; i++) {
		struct stress_eventer *eventer = &stress->eventers[i];

		eventer->gpus = stress->gpus;
		eventer->spare = stress->gpus[0].arena + STRESS_SPARE_OFFSET +
				 i * STRESS_SPARE_PAGES * PAGE_BYTES;
		eventer->random = seed + ADDERS + i;
		event_threads[i].stress = stress;
		event_threads[i].eventer = eventer;
		pthread_create(&threads[ADDERS + i], NULL, bring_about_events,
			       &event_threads[i]);
	}
	wait_for_end(stress, seconds);
	for (i = 0; i < ADDERS + STRESS_EVENT_THREADS; i++)
		pthread_join(threads[i], NULL);
	return count_lost(stress) + stress->eventers[0].lost + stress->eventers[1].lost;
}

static void report(struct stress *stress, int64_t lost)
{
	struct drm_exclusive_statistics statistics[2];
	unsigned int i, cause;

	for (i = 0; i < 2; i++) {
		if (vsvm_statistics(&stress->gpus[i], stress->gpus[0].arena, STRESS_ARENA_BYTES,
				    &statistics[i]))
			continue;
		printf("stress: gpu %u: %llu granted, %llu faults, %llu retries, ", i,
		       (unsigned long long)statistics[i].granted_pages,
		       (unsigned long long)statistics[i].faults,
		       (unsigned long long)statistics[i].retries);
		printf("%llu missed, %llu failed; revoked by cause:",
		       (unsigned long long)statistics[i].missed_pages,
		       (unsigned long long)statistics[i].failed);
		for (cause = 0; cause <= DRM_EXCLUSIVE_CAUSE_PRESSURE; cause++)
			printf(" %llu", (unsigned long long)statistics[i].revoked_pages[cause]);
		printf("\n");
	}
	printf("stress: seed %llu: %s exclusivity: %llu updates, %llu events, %lld lost\n",
	       (unsigned long long)stress->seed, stress->exclusivity ? "with" : "without",
	       (unsigned long long)stress->updates,
	       (unsigned long long)stress->events_done, (long long)lost);
}

int main(int argc, char **argv)
{
	static struct stress stress = { .exclusivity = true };
	unsigned int seconds = 60;
	bool all_happened;
	int64_t lost;
	int i;

	stress.seed = time(NULL);
	stress.wanted = 1000000;
	stress.burst = 512;
	stress.event_updates = EVENT_UPDATES / STRESS_EVENT_KINDS;
	for (i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--no-exclusivity"))
			stress.exclusivity = false;
		else if (!strcmp(argv[i], "--unpaced"))
			stress.unpaced = true;
		else if (!strcmp(argv[i], "--seed") && i + 1 < argc)
			stress.seed = strtoull(argv[++i], NULL, 0);
		else if (!strcmp(argv[i], "--updates") && i + 1 < argc)
			stress.wanted = strtod(argv[++i], NULL) * 1e6;
		else if (!strcmp(argv[i], "--burst") && i + 1 < argc)
			stress.burst = strtoul(argv[++i], NULL, 0);
		else if (!strcmp(argv[i], "--event-updates") && i + 1 < argc)
			stress.event_updates =
				strtoul(argv[++i], NULL, 0) / STRESS_EVENT_KINDS;
		else if (!strcmp(argv[i], "--seconds") && i + 1 < argc)
			seconds = strtoul(argv[++i], NULL, 0);
		else
			return 2;
	}
	printf("stress: seed %llu\n", (unsigned long long)stress.seed);
	fflush(stdout);
	if (!stress.burst || !stress.event_updates)
		return 2;
	if (set_up(&stress)) {
		perror("stress: set-up");
		return 2;
	}
	lost = run(&stress, seconds);
	all_happened = stress_events_report(stress.eventers);
	report(&stress, lost);
	if (lost)
		return 1;
	return all_happened || stress.unpaced ? 0 : 3;
}
