// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Torture of CPU hotplug, in the manner of rcutorture's onoff thread. */
#include <linux/bug.h>
#include <linux/cpu.h>
#include <linux/errno.h>
#include <linux/list.h>
#include <linux/percpu.h>

#include "../support/tasks.h"

/* Counted by callbacks: what a CPU that is up has had. */
static DEFINE_PER_CPU(int, prepared);
static DEFINE_PER_CPU(int, started);
static DEFINE_PER_CPU(int, instances);
static enum cpuhp_state online_state, multi_state;
static bool may_veto;

static int prepare(unsigned int cpu)
{
	if (may_veto && hotweave_choose(4) == 1)
		return -ENOMEM;
	BUG_ON(per_cpu(prepared, cpu)++);
	return 0;
}

static int dead(unsigned int cpu)
{
	BUG_ON(--per_cpu(prepared, cpu) || per_cpu(started, cpu));
	return 0;
}

static int online(unsigned int cpu)
{
	BUG_ON(smp_processor_id() != cpu || !cpu_online(cpu));
	if (may_veto && hotweave_choose(4) == 1)
		return -ENODEV;
	BUG_ON(per_cpu(started, cpu)++ || !per_cpu(prepared, cpu));
	return 0;
}

static int offline(unsigned int cpu)
{
	BUG_ON(smp_processor_id() != cpu || !cpu_online(cpu));
	BUG_ON(--per_cpu(started, cpu) || !per_cpu(prepared, cpu));
	return 0;
}

static int instance_up(unsigned int cpu, struct hlist_node *)
{
	BUG_ON(!per_cpu(started, cpu));
	per_cpu(instances, cpu)++;
	return 0;
}

static int instance_down(unsigned int cpu, struct hlist_node *)
{
	BUG_ON(--per_cpu(instances, cpu) < 0);
	return 0;
}

static void set_up(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		per_cpu(prepared, cpu) = 1;
	BUG_ON(cpuhp_setup_state_nocalls(CPUHP_SLAB_PREPARE, "torture:prepare", prepare, dead));
	online_state = (enum cpuhp_state)cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "torture:online", online, offline);
	multi_state = (enum cpuhp_state)cpuhp_setup_state_multi(CPUHP_AP_ONLINE_DYN, "torture:multi", instance_up,
								instance_down);
	BUG_ON((int)online_state < 0 || multi_state <= online_state);
	may_veto = true;
}

static void onoff_once(void)
{
	unsigned int cpu = hotweave_choose(3);

	if (hotweave_choose(2))
		cpu_up(cpu);
	else
		cpu_down(cpu);
}

static int onoff(void *)
{
	for (int i = 0; i < 2; i++)
		onoff_once();
	return 0;
}

/* The mask stands still, and a CPU of it has had all its callbacks. */
static int reader(void *)
{
	unsigned int cpu, n = 0, before;

	cpus_read_lock();
	before = num_online_cpus();
	for_each_online_cpu(cpu) {
		BUG_ON(per_cpu(prepared, cpu) != 1 || per_cpu(started, cpu) != 1);
		n++;
	}
	for_each_online_cpu(cpu)
		BUG_ON(!cpu_active(cpu));
	BUG_ON(n != before || n == 0);
	cpus_read_unlock();
	return 0;
}

static int with_instances(void *)
{
	static struct hlist_node node;

	BUG_ON(cpuhp_state_add_instance(multi_state, &node));
	reader(NULL);
	BUG_ON(cpuhp_state_remove_instance(multi_state, &node));
	return 0;
}

HOTWEAVE_TARGET(cpuhp_torture, "CPUs go down and up, callbacks fail; readers look, an instance comes and goes")
{
	int cpu;

	set_up();
	run_three(onoff, with_instances, hotweave_choose(2) ? onoff : reader);
	reader(NULL);
	for_each_possible_cpu(cpu) {
		BUG_ON(per_cpu(instances, cpu));
		BUG_ON(per_cpu(started, cpu) != cpu_online(cpu) || per_cpu(prepared, cpu) != cpu_online(cpu));
		BUG_ON(hotweave_cpu_state(cpu) != (cpu_online(cpu) ? CPUHP_ONLINE : CPUHP_OFFLINE));
	}
}

static int careless_reader(void *)
{
	unsigned int cpu, n = 0;

	for_each_online_cpu(cpu)
		n += per_cpu(started, cpu);
	return (int)n;
}

HOTWEAVE_TARGET(cpuhp_torture_mutant_unlocked, "for_each_online_cpu() without the lock")
{
	set_up();
	run_two(onoff, careless_reader);
}
HOTWEAVE_EXPECT(cpuhp_torture_mutant_unlocked, "", "data-race", "");

static int careless_callback(unsigned int)
{
	cpus_read_lock();
	cpus_read_unlock();
	return 0;
}

HOTWEAVE_TARGET(cpuhp_torture_mutant_callback, "a callback in cpuhp/N takes the lock")
{
	set_up();
	cpuhp_setup_state_nocalls(CPUHP_AP_WATCHDOG_ONLINE, "torture:careless", careless_callback, careless_callback);
	run_two(onoff, reader);
}
HOTWEAVE_EXPECT(cpuhp_torture_mutant_callback, "", "deadlock recursive-lock lock-order", "");

static int nested_reader(void *)
{
	cpus_read_lock();
	reader(NULL);
	cpus_read_unlock();
	return 0;
}

HOTWEAVE_TARGET(cpuhp_torture_mutant_nested, "a reader that reads again, with a writer in between")
{
	set_up();
	run_two(onoff, nested_reader);
}
HOTWEAVE_EXPECT(cpuhp_torture_mutant_nested, "", "deadlock recursive-lock lock-order", "");

static int forgetful_offline(unsigned int)
{
	return 0;
}

HOTWEAVE_TARGET(cpuhp_torture_mutant_teardown, "a teardown that forgets what startup did")
{
	int cpu;

	for_each_possible_cpu(cpu)
		per_cpu(prepared, cpu) = 1;
	cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "torture:forgetful", online, forgetful_offline);
	run_two(onoff, onoff);
}
HOTWEAVE_EXPECT(cpuhp_torture_mutant_teardown, "", "assertion", "");
