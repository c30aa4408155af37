// SPDX-License-Identifier: MIT
/*
 * The device's half of 01_svm_atomics.c: three kernels, one for each kind of atomic
 * operation, that work through the same words as the CPU threads do.
 *
 * SVM_SCOPE is given by the host: memory_scope_all_svm_devices, the only scope that
 * includes the CPU, where the compiler has it.
 *
 * With BROKEN defined the same operations are done with plain loads and stores, to
 * show what is lost then.
 */

/* The same structures stand in 01_svm_atomics.c. */
struct control {
	atomic_uint stop; /* set by the CPU: return as soon as possible */
	uint padding[31];
	atomic_uint cpu_progress; /* operations of all CPU threads so far */
};

struct participant {
	ulong operations;
	ulong cpu_operations_meanwhile;
	uint token;
	uint padding;
};

#ifdef BROKEN

static void increment_word(volatile global atomic_uint *word)
{
	volatile global uint *plain = (volatile global uint *)word;

	*plain = *plain + 1;
}

static uint exchange_word(volatile global atomic_uint *word, uint token)
{
	volatile global uint *plain = (volatile global uint *)word;
	uint old = *plain;

	*plain = token;
	return old;
}

static bool compare_exchange_word(volatile global atomic_uint *word, uint expected, uint desired)
{
	volatile global uint *plain = (volatile global uint *)word;

	if (*plain != expected)
		return false;
	*plain = desired;
	return true;
}

#else

static void increment_word(volatile global atomic_uint *word)
{
	atomic_fetch_add_explicit(word, 1u, memory_order_relaxed, SVM_SCOPE);
}

static uint exchange_word(volatile global atomic_uint *word, uint token)
{
	return atomic_exchange_explicit(word, token, memory_order_relaxed, SVM_SCOPE);
}

static bool compare_exchange_word(volatile global atomic_uint *word, uint expected, uint desired)
{
	/* The built-in writes what it saw to *expected, which is private here. */
	return atomic_compare_exchange_strong_explicit(word, &expected, desired,
						       memory_order_relaxed, memory_order_relaxed,
						       SVM_SCOPE);
}

#endif

static uint load(volatile global atomic_uint *word)
{
	return atomic_load_explicit(word, memory_order_relaxed, SVM_SCOPE);
}

kernel void increment(volatile global atomic_uint *words, uint word_count, uint iterations,
		      volatile global struct control *control, global struct participant *device)
{
	uint self = get_global_id(0);
	uint word = self % word_count;
	uint cpu_before = load(&control->cpu_progress);
	uint done;

	for (done = 0; done < iterations && !load(&control->stop); done++) {
		increment_word(&words[word]);
		word = word + 1 == word_count ? 0 : word + 1;
	}
	device[self].operations += done;
	device[self].cpu_operations_meanwhile += load(&control->cpu_progress) - cpu_before;
}

kernel void exchange(volatile global atomic_uint *words, uint word_count, uint iterations,
		     volatile global struct control *control, global struct participant *device)
{
	uint self = get_global_id(0);
	uint word = self % word_count;
	uint cpu_before = load(&control->cpu_progress);
	uint token = device[self].token;
	uint done;

	for (done = 0; done < iterations && !load(&control->stop); done++) {
		token = exchange_word(&words[word], token);
		word = word + 1 == word_count ? 0 : word + 1;
	}
	device[self].token = token;
	device[self].operations += done;
	device[self].cpu_operations_meanwhile += load(&control->cpu_progress) - cpu_before;
}

kernel void compare_exchange(volatile global atomic_uint *words, uint word_count, uint iterations,
			     volatile global struct control *control,
			     global struct participant *device)
{
	uint self = get_global_id(0);
	uint word = self % word_count;
	uint cpu_before = load(&control->cpu_progress);
	uint successes = 0;
	uint done, old;

	for (done = 0; done < iterations && !load(&control->stop); done++) {
		old = load(&words[word]);
		if (compare_exchange_word(&words[word], old, old + 1))
			successes++;
		word = word + 1 == word_count ? 0 : word + 1;
	}
	device[self].operations += successes;
	device[self].cpu_operations_meanwhile += load(&control->cpu_progress) - cpu_before;
}
