// SPDX-License-Identifier: MIT
/*
 * 03_svm_ring: messages from a CPU thread to a running kernel, without a call to OpenCL
 * for any of them.
 *
 * The ring is the classical one for a single producer and a single consumer. It needs no
 * lock and no read-modify-write, only two counters, each written by one side and read by
 * the other, and the right order:
 *
 *	CPU, producer				device, consumer
 *	writes the message into its slot	loads `produced` with acquire
 *	stores `produced` with release  ----->	reads the message from its slot
 *	loads `consumed` with acquire   <-----	stores `consumed` with release
 *	may write that slot again
 *
 * A release store makes all that came before it visible to whoever loads the stored
 * value with acquire. Between a CPU and a device that holds for the scope
 * memory_scope_all_svm_devices and for memory with CL_MEM_SVM_ATOMICS.
 *
 * The kernel is enqueued once, before the first message, and returns after the last. The
 * consumer computes what each message must be from its number, so that a message which
 * is lost, doubled or out of order is counted; number and checksum must be the
 * producer's. Each side gives up when the other makes no progress.
 */
#include "common.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

#define KERNEL_LIMIT_S 30
/* Look at the clock, and let others run, only so often in a loop that spins. */
#define SPINS_BETWEEN_LOOKS    4096
#define MESSAGES_BETWEEN_LOOKS 256
/* Some seconds on a CPU, more on any device: far beyond what the producer ever pauses. */
#define CONSUMER_IDLE_LIMIT 1000000000u

/* Outcomes; the same numbers stand in 03_svm_ring.cl. */
#define CONSUMER_FINISHED 1
#define CONSUMER_STOPPED  2
#define CONSUMER_STARVED  3

extern const char svm_ring_cl[];
extern const size_t svm_ring_cl_size;

/*
 * Shared with the device; the same structures stand in 03_svm_ring.cl. The padding keeps
 * what one side writes off the cache line of what the other side writes.
 */
struct ring {
	_Atomic uint32_t produced; /* written by the CPU only */
	uint32_t padding_produced[31];
	_Atomic uint32_t consumed; /* written by the device only */
	uint32_t padding_consumed[31];
	_Atomic uint32_t closed; /* set by the CPU: what has been produced is all there is */
	_Atomic uint32_t stop; /* set by the CPU: give up */
};

struct consumer_report {
	uint64_t messages;
	uint64_t checksum;
	uint64_t out_of_order;
	uint64_t first_out_of_order;
	uint32_t outcome;
	uint32_t padding;
};

struct options {
	const char *device;
	unsigned int slots, seconds, patience;
	bool broken;
};

struct experiment {
	struct options options;
	struct sample_session session;
	struct ring *ring; /* SVM with atomics */
	uint64_t *slots; /* SVM with atomics */
	struct consumer_report *report; /* SVM */
};

struct producer {
	uint64_t messages;
	uint64_t checksum;
	uint32_t free_until; /* `produced` may grow to this without another look */
	uint64_t waits; /* how often the ring was full */
};

/* What goes into message number @sequence. */
static uint64_t message(uint64_t sequence)
{
	uint64_t mixed = sequence * 0x9e3779b97f4a7c15ull;

	return mixed ^ (mixed >> 29);
}

/* Waits until a slot is free. Returns false where the consumer frees none. */
static bool wait_for_slot(struct experiment *experiment, struct producer *producer)
{
	uint64_t limit_ns = experiment->options.patience * SAMPLE_NS_PER_S;
	uint32_t produced = (uint32_t)producer->messages;
	uint64_t start_ns = 0;
	unsigned int spins = 0;
	uint32_t consumed;

	producer->waits++;
	for (;;) {
		consumed = atomic_load_explicit(&experiment->ring->consumed, memory_order_acquire);
		producer->free_until = consumed + experiment->options.slots;
		if (producer->free_until != produced)
			return true;
		sample_spin_pause();
		if (++spins % SPINS_BETWEEN_LOOKS)
			continue;
		sched_yield();
		if (!start_ns)
			start_ns = sample_now_ns();
		if (sample_now_ns() - start_ns > limit_ns)
			break;
	}
	fprintf(stderr,
		"The producer waited %u s for the device to free a slot: %llu messages produced, "
		"%u (modulo 2^32) consumed\n",
		experiment->options.patience, (unsigned long long)producer->messages, consumed);
	return false;
}

static bool produce(struct experiment *experiment, struct producer *producer)
{
	uint64_t value = message(producer->messages);
	uint32_t produced = (uint32_t)producer->messages;

	if (produced == producer->free_until && !wait_for_slot(experiment, producer))
		return false;
	experiment->slots[produced & (experiment->options.slots - 1)] = value;
	atomic_store_explicit(&experiment->ring->produced, produced + 1, memory_order_release);
	producer->checksum = producer->checksum * 31 + value;
	producer->messages++;
	return true;
}

/* Produces until the time is over. Returns false where the consumer stopped taking. */
static bool produce_all(struct experiment *experiment, struct producer *producer)
{
	uint64_t duration_ns = experiment->options.seconds * SAMPLE_NS_PER_S;
	uint64_t start_ns = sample_now_ns(), now_ns = start_ns;

	producer->free_until = experiment->options.slots;
	while (now_ns - start_ns < duration_ns) {
		if (!produce(experiment, producer))
			return false;
		if (producer->messages % MESSAGES_BETWEEN_LOOKS)
			continue;
		now_ns = sample_now_ns();
		sample_progress("%.1f s of %u s, %llu messages",
				(double)(now_ns - start_ns) / SAMPLE_NS_PER_S,
				experiment->options.seconds,
				(unsigned long long)producer->messages);
	}
	return true;
}

static void start_consumer(struct experiment *experiment, cl_kernel kernel)
{
	const cl_uint slot_mask = experiment->options.slots - 1;
	const cl_uint idle_limit = CONSUMER_IDLE_LIMIT;
	const size_t one = 1;

	sample_check(clSetKernelArgSVMPointer(kernel, 0, experiment->ring),
		     "clSetKernelArgSVMPointer");
	sample_check(clSetKernelArgSVMPointer(kernel, 1, experiment->slots),
		     "clSetKernelArgSVMPointer");
	sample_check(clSetKernelArg(kernel, 2, sizeof(slot_mask), &slot_mask), "clSetKernelArg");
	sample_check(clSetKernelArg(kernel, 3, sizeof(idle_limit), &idle_limit), "clSetKernelArg");
	sample_check(clSetKernelArgSVMPointer(kernel, 4, experiment->report),
		     "clSetKernelArgSVMPointer");
	sample_check(clEnqueueNDRangeKernel(experiment->session.queue, kernel, 1, NULL, &one, &one,
					    0, NULL, NULL),
		     "clEnqueueNDRangeKernel");
	/* From here on nothing but the ring connects the two; clFinish comes at the end. */
	sample_check(clFlush(experiment->session.queue), "clFlush");
}

static int judge(const struct producer *producer, const struct consumer_report *report)
{
	static const char *const outcomes[] = {
		[0] = "did not run",
		[CONSUMER_FINISHED] = "took all",
		[CONSUMER_STOPPED] = "was stopped",
		[CONSUMER_STARVED] = "saw no new message for too long and gave up",
	};
	bool good = report->outcome == CONSUMER_FINISHED &&
		    report->messages == producer->messages &&
		    report->checksum == producer->checksum && !report->out_of_order;

	printf("CPU      %llu messages, checksum %016llx, ring full %llu times\n",
	       (unsigned long long)producer->messages, (unsigned long long)producer->checksum,
	       (unsigned long long)producer->waits);
	printf("device   %llu messages, checksum %016llx, %llu wrong or out of order; %s\n",
	       (unsigned long long)report->messages, (unsigned long long)report->checksum,
	       (unsigned long long)report->out_of_order,
	       report->outcome < sizeof(outcomes) / sizeof(outcomes[0]) ?
		       outcomes[report->outcome] :
		       "unknown outcome");
	if (report->out_of_order)
		printf("         the first wrong one is message %llu\n",
		       (unsigned long long)report->first_out_of_order);
	printf("\n%s%s%s\n", good ? sample_green() : sample_red(),
	       good ? "Every message arrived once and in order." : "FAILED", sample_colour_end());
	return good ? SAMPLE_OK : SAMPLE_FAILED;
}

static int run_all(struct experiment *experiment)
{
	struct producer producer = { 0 };
	uint64_t start_ns, elapsed_ns;
	cl_program program;
	cl_kernel kernel;

	program = sample_program(&experiment->session, svm_ring_cl, svm_ring_cl_size,
				 experiment->options.broken ? "-DBROKEN" : "");
	kernel = sample_kernel(program, "consume");
	sample_print_device(&experiment->session.device);
	printf("Ring     %u slots of 8 bytes%s\n\n", experiment->options.slots,
	       experiment->options.broken ? "\n         BROKEN: the device stops freeing slots" :
					    "");

	start_consumer(experiment, kernel);
	start_ns = sample_now_ns();
	if (produce_all(experiment, &producer))
		atomic_store_explicit(&experiment->ring->closed, 1, memory_order_release);
	else
		atomic_store_explicit(&experiment->ring->stop, 1, memory_order_release);
	sample_wait_begin(KERNEL_LIMIT_S, &experiment->ring->stop,
			  "The main thread waits for the kernel to take the last of %llu messages",
			  (unsigned long long)producer.messages);
	sample_check(clFinish(experiment->session.queue), "clFinish");
	sample_wait_end();
	elapsed_ns = sample_now_ns() - start_ns;
	sample_progress_end();
	clReleaseKernel(kernel);
	clReleaseProgram(program);

	printf("rate     %.2f million messages a second, %.0f ns each, over %.2f s\n",
	       (double)producer.messages * 1e3 / (double)elapsed_ns,
	       (double)elapsed_ns / (double)producer.messages,
	       (double)elapsed_ns / SAMPLE_NS_PER_S);
	return judge(&producer, experiment->report);
}

int main(int argc, char **argv)
{
	struct experiment experiment = {
		.options = { .slots = 1024, .seconds = 3, .patience = 10 },
	};
	struct options *options = &experiment.options;
	struct sample_session *session = &experiment.session;
	const struct sample_option table[] = {
		{ "device", SAMPLE_OPTION_TEXT, &options->device, 0, 0, "NAME",
		  "part of a device's or platform's name, or an index" },
		{ "slots", SAMPLE_OPTION_NUMBER, &options->slots, 1, 1u << 24, "N",
		  "messages that the ring holds, a power of two (default 1024)" },
		{ "seconds", SAMPLE_OPTION_NUMBER, &options->seconds, 1, 86400, "S",
		  "how long the CPU produces (default 3)" },
		{ "patience", SAMPLE_OPTION_NUMBER, &options->patience, 1, 3600, "S",
		  "how long the CPU waits for a free slot (default 10)" },
		{ "broken", SAMPLE_OPTION_FLAG, &options->broken, 0, 0, NULL,
		  "let the device stop freeing slots: the CPU must give up" },
		{ .kind = SAMPLE_OPTION_END },
	};
	int status;

	if (!sample_parse_options(argc, argv,
				  "A CPU thread sends messages to a running kernel through a ring "
				  "in SVM. The exit\nstatus is 0 only if all arrive in order.",
				  "", table, NULL, &status))
		return status;
	if (options->slots & (options->slots - 1)) {
		fprintf(stderr, "--slots takes a power of two, not %u\n", options->slots);
		return SAMPLE_USAGE;
	}
	status = sample_choose_device(options->device,
				      CL_DEVICE_SVM_FINE_GRAIN_BUFFER | CL_DEVICE_SVM_ATOMICS, 0,
				      &session->device);
	if (status)
		return status;
	if (session->device.version_major > 2 &&
	    !sample_device_has_feature(session->device.device, "__opencl_c_atomic_order_acq_rel")) {
		fprintf(stderr, "%s has no acquire and release (__opencl_c_atomic_order_acq_rel)\n",
			session->device.name);
		return SAMPLE_UNSUPPORTED;
	}
	sample_open(session);
	experiment.ring = sample_svm_alloc(session, sizeof(*experiment.ring), true);
	experiment.slots =
		sample_svm_alloc(session, options->slots * sizeof(*experiment.slots), true);
	experiment.report = sample_svm_alloc(session, sizeof(*experiment.report), false);
	status = run_all(&experiment);
	clSVMFree(session->context, experiment.ring);
	clSVMFree(session->context, experiment.slots);
	clSVMFree(session->context, experiment.report);
	sample_session_finish(session);
	return status;
}
