// SPDX-License-Identifier: MIT
#pragma OPENCL EXTENSION cl_khr_fp16 : enable

kernel void conversions(void)
{
	char4 small = (char4)(1, -2, 3, -4);
	uchar16 bytes = (uchar16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 255);
	short2 shorts = (short2)(-30000, 30000);
	int3 three = (int3)(1, 2, 3);
	long2 longs = (long2)(-5000000000, 5000000000);
	float4 floats = (float4)(1.5f, -2.25f, 0.125f, 1e10f);
	half4 halves = (half4)(1.5h, -65504.0h, 0x1p-24h, 0.1h);
	double2 doubles = (double2)(3.141592653589793, -1e-300);

	printf("plain text, 100%%\n");
	printf("%d %i %5d|%-5d|%+d|%05d|% d\n", 42, -42, 42, 42, 42, 42, 42);
	printf("%u %o %x %X %#x %#o\n", 4000000000u, 8u, 255u, 255u, 255u, 8u);
	printf("%hhd %hd %ld %lu\n", (char)-1, (short)-2, -5000000000, 18446744073709551615ul);
	printf("%hhu %hu %hhx\n", (char)-1, (short)-2, (char)-1);
	printf("%f %.2f %10.3f|%-10.1f|%e %E %g %G %a\n", 1.5f, 2.345, 3.14159, 2.5, 12345.678,
	       12345.678, 0.0001, 1e20, 1.0);
	printf("%c%c%c\n", 'a', 66, 'c');
	printf("%s, %10s|%-10s|%.2s\n", "string", "right", "left", "cut");
	printf("%p\n", (global void *)0x1234);
	printf("%v4hhd\n", small);
	printf("%v16hhu\n", bytes);
	printf("%v2hd\n", shorts);
	printf("%v3hld\n", three);
	printf("%v2ld\n", longs);
	printf("%v4hlf\n", floats);
	printf("%.2v4hlf|%8.1v4hlf\n", floats, floats);
	printf("%v2lg\n", doubles);
	printf("%v4hf|%.2v4he|%v2ha\n", halves, halves, halves.xw);
	printf("%v3hG|%8.1v8hf\n", halves.xyz, (half8)(halves, -halves));
	printf("%f %g|%v16hg\n", halves.x, (half)INFINITY, (half16)(NAN));
	printf("%v4hlx\n", (int4)(255, 16, 1, -1));
	printf("%d %s %f %d\n", 1, "two", 3.0f, 4);
	printf("%f %f %d\n", NAN, -INFINITY, 0);
}

/* What C has and OpenCL C has not, what nobody has, and too few arguments. */
kernel void strangers(void)
{
	printf("%lld %llu %zu %jd %td %Lf|\n", -1L, 5UL, (size_t)6, 7L, 8L, 2.5);
	printf("%llx %zd %v2lld|\n", 255UL, -9L, (long2)(-1, 2));
	printf("%y|%d\n", 1, 2);
	printf("%*d|%.*f|%d\n", 5, 1, 2, 1.5, 3);
	printf("%d|%d|%s|\n", 4);
	printf("%v|%d\n", 1, 5);
	printf("%00000000000000000000000000000000000000005d|%d\n", 1, 6);
	printf("%d %", 7);
	printf("\n");
}

kernel void order(void)
{
	for (int i = 0; i < 2; i++)
		printf("%d.%d\n", (int)get_global_linear_id(), i);
	barrier(CLK_LOCAL_MEM_FENCE);
	printf("%d after\n", (int)get_global_linear_id());
}

kernel void conditional(global int *results)
{
	int g = (int)get_global_id(0);

	results[g] = -7;
	if (g % 100 == 3)
		results[g] = printf("item %d\n", g);
}

kernel void too_much(global int *results)
{
	int g = (int)get_global_id(0), failed = 0;

	for (int i = 0; i < 1000; i++)
		failed += printf("%d %d %d\n", g, i, g * i) != 0;
	results[g] = failed;
}
