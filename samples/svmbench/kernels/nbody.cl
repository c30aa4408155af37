// SPDX-License-Identifier: MIT

/* The pull of all bodies on each: position in xyz, mass in w. */
kernel void nbody(global const float4 *bodies, global float4 *accelerations, uint count)
{
	float4 self = bodies[get_global_id(0)];
	float4 sum = 0;
	uint i;

	for (i = 0; i < count; i++) {
		float4 other = bodies[i];
		float4 away = other - self;
		float inverse;

		away.w = 0;
		inverse = rsqrt(dot(away, away) + 0.01f);
		sum += away * (other.w * inverse * inverse * inverse);
	}
	accelerations[get_global_id(0)] = sum / count;
}
