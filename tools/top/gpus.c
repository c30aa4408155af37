// SPDX-License-Identifier: MIT
#include "gpus.h"

#include <dirent.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "processes.h"
#include "util/alloc.h"

#define USUAL_FOLDER  "/sys/kernel/debug/dri"
#define MOST_CONTEXTS 4096
#define RENDER_NODES  "/dev/dri/renderD"

void top_gpus_finish(struct top_gpus *gpus)
{
	free(gpus->contexts);
	gpus->contexts = NULL;
	gpus->count = gpus->room = 0;
}

/* ---- debugfs ---- */

static struct top_gpu_context *add(struct top_gpus *gpus)
{
	if (gpus->count == gpus->room) {
		size_t room = gpus->room ? 2 * gpus->room : 16;
		struct top_gpu_context *moved;

		if (gpus->count >= MOST_CONTEXTS)
			return NULL;
		moved = realloc(gpus->contexts, room * sizeof(*moved));
		if (!moved)
			return NULL;
		gpus->contexts = moved;
		gpus->room = room;
	}
	return memset(&gpus->contexts[gpus->count++], 0, sizeof(gpus->contexts[0]));
}

/*
 * Lines "arena:\t0x..-0x..", and after each of them "PREFIX-exclusive-NAME:\tN", and
 * "vram-pages:\tN" where the GPU has memory of its own.
 */
static void read_contexts(struct top_gpus *gpus, const char *gpu, FILE *file)
{
	struct top_gpu_context *context = NULL;
	uint64_t start, end;
	char line[256];

	while (fgets(line, sizeof(line), file)) {
		const char *field;

		if (sscanf(line, "arena: 0x%" SCNx64 "-0x%" SCNx64, &start, &end) == 2) {
			context = add(gpus);
			if (!context)
				return;
			snprintf(context->gpu, sizeof(context->gpu), "%.*s", TOP_GPU_BYTES - 1,
				 gpu);
			context->start = start;
			context->end = end;
		}
		if (context)
			sscanf(line, "vram-pages: %" SCNu64, &context->vram_pages);
		field = strstr(line, "-exclusive-");
		if (!context || !field)
			continue;
		sscanf(field, "-exclusive-pages: %" SCNu64, &context->held_pages);
		sscanf(field, "-exclusive-granted: %" SCNu64, &context->granted_pages);
	}
}

static void look(struct top_gpus *gpus)
{
	const char *folder = gpus->folder ? gpus->folder : USUAL_FOLDER;
	DIR *directory = opendir(folder);
	const struct dirent *entry;
	char path[PATH_MAX];
	struct stat status;
	FILE *file;

	while (directory && (entry = readdir(directory))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		/* The folders by number are links to those by name. */
		if (lstat(path, &status) || !S_ISDIR(status.st_mode))
			continue;
		snprintf(path, sizeof(path), "%s/%s/contexts", folder, entry->d_name);
		file = fopen(path, "re");
		if (!file)
			continue;
		read_contexts(gpus, entry->d_name, file);
		fclose(file);
	}
	if (directory)
		closedir(directory);
}

/* ---- matching ---- */

/* Pages granted since @before was read; less where ranges were unregistered meanwhile. */
static uint64_t granted_since(const struct top_gpus *before, const struct top_gpu_context *now)
{
	for (size_t i = 0; i < before->count; i++) {
		const struct top_gpu_context *old = &before->contexts[i];

		if (strcmp(old->gpu, now->gpu) != 0 || old->start != now->start)
			continue;
		return now->granted_pages > old->granted_pages ?
			       now->granted_pages - old->granted_pages :
			       0;
	}
	return now->granted_pages;
}

static bool may_be(const struct top_context *context, const struct top_gpu_context *candidate)
{
	uint64_t address = context->range_count ? context->ranges[0].start : 0;

	return address >= candidate->start && address < candidate->end;
}

static struct top_gpu_guess *guess_of(struct top_context *context, const char *gpu)
{
	for (size_t i = 0; i < TOP_GPU_GUESSES; i++) {
		struct top_gpu_guess *guess = &context->guesses[i];

		if (!guess->gpu[0])
			memcpy(guess->gpu, gpu, sizeof(guess->gpu));
		if (!strcmp(guess->gpu, gpu))
			return guess;
	}
	return NULL;
}

/* Better, the more pages were granted, and the nearer to as many. */
static void judge(struct top_context *context, const struct top_gpu_context *candidate,
		  uint64_t granted)
{
	struct top_gpu_guess *guess = guess_of(context, candidate->gpu);
	uint64_t own = context->unsampled_pages;

	if (guess)
		guess->score += 2 * (int64_t)tandem_min_u64(own, granted) -
				(int64_t)tandem_max_u64(own, granted);
}

static bool is_taken(const struct top_ledger *ledger, const struct top_context *context,
		     const char *gpu)
{
	for (size_t i = 0; i < ledger->context_count; i++) {
		const struct top_context *other = ledger->contexts[i];

		if (other != context && !other->ended && other->pid == context->pid &&
		    !strcmp(other->gpu, gpu))
			return true;
	}
	return false;
}

/* The best guess, if it is better than any other. */
static void choose_by_score(struct top_context *context)
{
	const struct top_gpu_guess *best = NULL;
	bool is_alone = true;

	for (size_t i = 0; i < TOP_GPU_GUESSES && context->guesses[i].gpu[0]; i++) {
		const struct top_gpu_guess *guess = &context->guesses[i];

		if (best && guess->score == best->score)
			is_alone = false;
		if (!best || guess->score > best->score) {
			best = guess;
			is_alone = true;
		}
	}
	if (best && best->score > 0 && is_alone)
		memcpy(context->gpu, best->gpu, sizeof(context->gpu));
}

/* Of a driver without that file in debugfs: the only GPU that the process has open. */
static void choose_by_open_file(struct top_context *context)
{
	if (context->pid)
		top_only_open_file(context->pid, RENDER_NODES, context->gpu, sizeof(context->gpu));
}

/* The only GPU that it may be on and no other context of its process is. */
static void choose_by_elimination(struct top_gpus *gpus, const struct top_ledger *ledger,
				  struct top_context *context)
{
	const struct top_gpu_context *only = NULL;
	bool any = false;

	for (size_t i = 0; i < gpus->count; i++) {
		const struct top_gpu_context *candidate = &gpus->contexts[i];

		if (!may_be(context, candidate))
			continue;
		any = true;
		if (is_taken(ledger, context, candidate->gpu))
			continue;
		if (only)
			return;
		only = candidate;
	}
	if (only)
		memcpy(context->gpu, only->gpu, sizeof(context->gpu));
	else if (!any)
		choose_by_open_file(context);
}

void top_gpus_update(struct top_gpus *gpus, struct top_ledger *ledger)
{
	struct top_gpus before = *gpus;

	gpus->contexts = NULL;
	gpus->count = gpus->room = 0;
	look(gpus);
	for (size_t i = 0; i < ledger->context_count; i++) {
		struct top_context *context = ledger->contexts[i];

		for (size_t j = 0; j < gpus->count; j++) {
			if (may_be(context, &gpus->contexts[j]))
				judge(context, &gpus->contexts[j],
				      granted_since(&before, &gpus->contexts[j]));
		}
		context->unsampled_pages = 0;
		choose_by_score(context);
	}
	for (size_t i = 0; i < ledger->context_count; i++) {
		if (!strcmp(ledger->contexts[i]->gpu, "?"))
			choose_by_elimination(gpus, ledger, ledger->contexts[i]);
	}
	top_gpus_finish(&before);
}

/* The context as debugfs shows it, or NULL. */
static const struct top_gpu_context *find_context(const struct top_gpus *gpus,
						  const struct top_context *context)
{
	for (size_t i = 0; i < gpus->count; i++) {
		const struct top_gpu_context *candidate = &gpus->contexts[i];

		if (!strcmp(candidate->gpu, context->gpu) && may_be(context, candidate))
			return candidate;
	}
	return NULL;
}

int64_t top_gpus_held_pages(const struct top_gpus *gpus, const struct top_context *context)
{
	const struct top_gpu_context *found = find_context(gpus, context);

	return found ? (int64_t)found->held_pages : -1;
}

int64_t top_gpus_vram_pages(const struct top_gpus *gpus, const struct top_context *context)
{
	const struct top_gpu_context *found = find_context(gpus, context);

	return found ? (int64_t)found->vram_pages : 0;
}
