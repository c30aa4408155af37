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

/* What a few others do to each of many bodies: a list of them for each. */
kernel void neighbours(global const float4 *bodies, global const uint *others, global float4 *forces,
		       uint count)
{
#pragma OPENCL FP_CONTRACT OFF
	size_t self = get_global_id(0), all = get_global_size(0);
	float4 own = bodies[self], force = 0;
	uint i;

	for (i = 0; i < count; i++) {
		float4 away = own - bodies[others[i * all + self]];
		float square = away.x * away.x + away.y * away.y + away.z * away.z;

		if (square < 0.5f) {
			float inverse = 1 / (square + 0.1f);

			force.xyz += away.xyz * inverse * inverse * (inverse - 0.5f);
		}
	}
	forces[self] = force;
}
