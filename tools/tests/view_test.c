// SPDX-License-Identifier: MIT
/* view_test FOLDER: what is on the screen. */
#include <string.h>

#include "check.h"
#include "kept_trace.h"
#include "top/gpus.h"
#include "top/view.h"

static void test_view(void)
{
	const struct top_event hostile = { .kind = TOP_EVENT_REVOKE,
					   .thread = "\033[2J\x9b\x80",
					   .tid = TID,
					   .pid = PID,
					   .exclusive = SAMPLE_EXCLUSIVE,
					   .start = SAMPLE_START + TOP_PAGE_BYTES,
					   .end = SAMPLE_START + 2 * TOP_PAGE_BYTES,
					   .value = 1,
					   .cause = DRM_EXCLUSIVE_CAUSE_CPU };
	struct top_ledger ledger;
	/* as nothing says yet which GPU it is */
	struct top_gpu_context context = {
		.gpu = "?",
		.start = 0,
		.end = UINT64_MAX,
		.held_pages = 3,
		.vram_pages = 5,
	};
	struct top_gpus gpus = { .contexts = &context, .count = 1 };
	struct top_view view = { .ledger = &ledger, .gpus = &gpus, .seconds = 2, .most_pages = 5 };
	struct tandem_text text = { 0 };
	const char *string;

	top_ledger_init(&ledger);
	for_each_line("sample.txt", take_line, &ledger);
	top_ledger_take(&ledger, &hostile);
	for (int sort = 0; sort < TOP_SORT_COUNT; sort++) {
		tandem_text_finish(&text);
		view.sort = (enum top_sort)sort;
		top_view_print(&view, &text);
		check(strstr(tandem_text_string(&text), top_sort_name(view.sort)), "the order");
	}
	string = tandem_text_string(&text);
	check(strstr(string, "All 4 ranges: 52.5 faults/s, 48.0 grants/s, 48.0 revocations/s"),
	      "%s", string);
	check(strstr(string, "7fc20be00000-7fc20be01000   cpu 47.5"), "%s", string);
	check(strstr(string, "on ?: 3 and 5 in VRAM"), "%s", string);
	check(strstr(string, "01_svm_atomics/85 30.5 01_svm_atomics/86 16.5"), "%s", string);
	for (size_t i = 0; i < text.length; i++)
		check(text.bytes[i] == '\n' || (text.bytes[i] >= ' ' && text.bytes[i] <= '~'),
		      "a byte %d is in it", text.bytes[i]);
	/* Of another process there is nothing. */
	tandem_text_finish(&text);
	view.pid = PID + 1;
	top_view_print(&view, &text);
	string = tandem_text_string(&text);
	check(strstr(string, "All 0 ranges") && !strstr(string, "Contended"), "%s", string);
	tandem_text_finish(&text);
	top_ledger_finish(&ledger);
}

int main(int argc, char **argv)
{
	open_traces(argc, argv);
	test_view();
	return check_result();
}
