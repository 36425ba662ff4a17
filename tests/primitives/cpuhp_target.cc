// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* CPUs going down and coming up: states, callbacks, rollback, instances, locks. */
#include <linux/bug.h>
#include <linux/cpu.h>
#include <linux/errno.h>
#include <linux/irqflags.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/percpu.h>

#include "../support/tasks.h"

/* What happened, in order: state * 10 + cpu, negative for a teardown. */
static int journal[64], entries;
static int veto = -1; /* the startup with this number fails */
static int startups;

static void note(int what)
{
	journal[entries++] = what;
}

static int prepare_up(unsigned int cpu) { note(10 + cpu); return 0; }
static int prepare_down(unsigned int cpu) { note(-10 - (int)cpu); return 0; }
static int starting(unsigned int cpu)
{
	BUG_ON(!irqs_disabled() || smp_processor_id() != cpu || cpu_online(cpu));
	note(20 + cpu);
	return 0;
}
static int dying(unsigned int cpu)
{
	BUG_ON(!irqs_disabled() || smp_processor_id() != cpu || cpu_online(cpu));
	note(-20 - (int)cpu);
	return 0;
}
static int online_up(unsigned int cpu)
{
	BUG_ON(smp_processor_id() != cpu || !cpu_online(cpu));
	lockdep_assert_cpus_held();
	if (startups++ == veto)
		return -ENOMEM;
	note(30 + cpu);
	return 0;
}
static int online_down(unsigned int cpu)
{
	BUG_ON(smp_processor_id() != cpu);
	note(-30 - (int)cpu);
	return 0;
}

static void expect(int n, const int *what)
{
	BUG_ON(entries != n);
	for (int i = 0; i < n; i++)
		BUG_ON(journal[i] != what[i]);
	entries = 0;
}
#define EXPECT_JOURNAL(...)                                             \
	do {                                                            \
		static const int what[] = { __VA_ARGS__ };              \
		expect(sizeof(what) / sizeof(what[0]), what);           \
	} while (0)

static int install(void)
{
	BUG_ON(cpuhp_setup_state_nocalls(CPUHP_SLAB_PREPARE, "test:prepare", prepare_up, prepare_down));
	BUG_ON(cpuhp_setup_state_nocalls(CPUHP_AP_KVM_STARTING, "test:starting", starting, dying));
	return cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "test:online", online_up, online_down);
}

HOTWEAVE_TARGET(cpuhp_order, "the callbacks of all sections in order, down and up")
{
	int state = install();

	BUG_ON(state < CPUHP_AP_ONLINE_DYN || state > CPUHP_AP_ONLINE_DYN_END);
	EXPECT_JOURNAL(30, 31, 32);
	BUG_ON(cpu_down(1));
	EXPECT_JOURNAL(-31, -21, -11);
	BUG_ON(cpu_online(1) || cpu_active(1) || num_online_cpus() != 2 || !cpu_present(1));
	BUG_ON(hotweave_cpu_state(1) != CPUHP_OFFLINE);
	BUG_ON(cpu_down(1) == -EBUSY);
	BUG_ON(cpu_up(1));
	EXPECT_JOURNAL(11, 21, 31);
	BUG_ON(!cpu_online(1) || !cpu_active(1) || num_online_cpus() != 3);
	BUG_ON(hotweave_cpu_state(1) != CPUHP_ONLINE);
	BUG_ON(cpu_up(1));
	cpuhp_remove_state((enum cpuhp_state)state);
	EXPECT_JOURNAL(-30, -31, -32);
	cpuhp_remove_state_nocalls(CPUHP_SLAB_PREPARE);
	cpuhp_remove_state_nocalls(CPUHP_AP_KVM_STARTING);
	BUG_ON(cpu_down(2) || cpu_up(2));
	BUG_ON(entries);
}

HOTWEAVE_TARGET(cpuhp_last_cpu, "the last CPU stays; so do CPUs while hotplug is disabled; CPU 0 has no file")
{
	BUG_ON(remove_cpu(0) != -EPERM);
	BUG_ON(cpu_down(0) || cpu_down(1));
	BUG_ON(cpu_down(2) != -EBUSY);
	BUG_ON(cpu_up(7) != -EINVAL);
	cpu_hotplug_disable();
	BUG_ON(cpu_up(0) != -EBUSY || cpu_down(2) != -EBUSY);
	cpu_hotplug_enable();
	BUG_ON(add_cpu(0) || add_cpu(0) != 1 || add_cpu(1));
	BUG_ON(remove_cpu(2) || remove_cpu(2) != 1 || num_online_cpus() != 2);
}

HOTWEAVE_TARGET(cpuhp_veto_up, "a startup that fails: everything before it is undone, the CPU stays down")
{
	install();
	BUG_ON(cpu_down(2));
	entries = 0;
	veto = startups;
	BUG_ON(cpu_up(2) != -ENOMEM);
	EXPECT_JOURNAL(12, 22, -22, -12);
	BUG_ON(cpu_online(2) || hotweave_cpu_state(2) != CPUHP_OFFLINE);
	BUG_ON(cpu_up(2));
	EXPECT_JOURNAL(12, 22, 32);
}

HOTWEAVE_TARGET(cpuhp_veto_down, "a teardown that is made to fail: the CPU stays up")
{
	int state = install();

	entries = 0;
	hotweave_cpu_fail(1, (enum cpuhp_state)state);
	BUG_ON(cpu_down(1) != -EAGAIN);
	BUG_ON(entries || !cpu_online(1) || !cpu_active(1) || hotweave_cpu_state(1) != CPUHP_ONLINE);
	BUG_ON(cpu_down(1));
	EXPECT_JOURNAL(-31, -21, -11);
	/* Below: what had been torn down comes back. */
	BUG_ON(cpu_up(1));
	entries = 0;
	hotweave_cpu_fail(1, CPUHP_TEARDOWN_CPU);
	BUG_ON(cpu_down(1) != -EAGAIN);
	EXPECT_JOURNAL(-31, 31);
	BUG_ON(!cpu_online(1) || hotweave_cpu_state(1) != CPUHP_ONLINE);
}

HOTWEAVE_TARGET(cpuhp_veto_install, "a startup that fails while it is installed: undone on the CPUs before")
{
	veto = 2;
	BUG_ON(install() != -ENOMEM);
	EXPECT_JOURNAL(30, 31, -30, -31);
	BUG_ON(cpuhp_setup_state(CPUHP_SLAB_PREPARE, "taken", prepare_up, NULL) != -EBUSY);
	BUG_ON(cpuhp_setup_state(CPUHP_OFFLINE, "not for drivers", prepare_up, NULL) != -EINVAL);
	BUG_ON(cpuhp_setup_state(CPUHP_ONLINE, "not for drivers", prepare_up, NULL) != -EINVAL);
}

HOTWEAVE_TARGET(cpuhp_partial, "as far as a state, and on")
{
	int state = install();

	entries = 0;
	BUG_ON(hotweave_cpu_target(1, (enum cpuhp_state)state));
	BUG_ON(entries || hotweave_cpu_state(1) != state || cpu_active(1) || !cpu_online(1));
	BUG_ON(hotweave_cpu_target(1, CPUHP_SLAB_PREPARE));
	EXPECT_JOURNAL(-31, -21);
	BUG_ON(hotweave_cpu_state(1) != CPUHP_SLAB_PREPARE || cpu_online(1));
	BUG_ON(hotweave_cpu_target(1, CPUHP_TEARDOWN_CPU) != -EINVAL);
	BUG_ON(hotweave_cpu_target(1, CPUHP_ONLINE));
	EXPECT_JOURNAL(21, 31);
}

struct instance {
	struct hlist_node node;
	int id;
};

static int instance_up(unsigned int cpu, struct hlist_node *node)
{
	if (startups++ == veto)
		return -EIO;
	note(hlist_entry(node, struct instance, node)->id * 10 + (int)cpu);
	return 0;
}

static int instance_down(unsigned int cpu, struct hlist_node *node)
{
	note(-hlist_entry(node, struct instance, node)->id * 10 - (int)cpu);
	return 0;
}

HOTWEAVE_TARGET(cpuhp_instances, "a state with instances")
{
	static struct instance a, b;
	enum cpuhp_state state;

	a.id = 4;
	b.id = 5;
	state = (enum cpuhp_state)cpuhp_setup_state_multi(CPUHP_AP_ONLINE_DYN, "test:multi", instance_up, instance_down);
	BUG_ON(cpuhp_state_add_instance(state, &a.node));
	EXPECT_JOURNAL(40, 41, 42);
	veto = startups + 1;
	BUG_ON(cpuhp_state_add_instance(state, &b.node) != -EIO);
	EXPECT_JOURNAL(50, -50);
	BUG_ON(cpuhp_state_add_instance(state, &b.node));
	EXPECT_JOURNAL(50, 51, 52);
	BUG_ON(cpu_down(1));
	EXPECT_JOURNAL(-51, -41);
	/* The second instance fails on the way up: the first one is taken back. */
	veto = startups + 1;
	BUG_ON(cpu_up(1) != -EIO);
	EXPECT_JOURNAL(51, -51);
	BUG_ON(cpu_up(1));
	EXPECT_JOURNAL(51, 41);
	BUG_ON(cpuhp_state_remove_instance(state, &a.node));
	EXPECT_JOURNAL(-40, -41, -42);
	BUG_ON(cpuhp_state_remove_instance_nocalls(state, &b.node));
	cpuhp_remove_multi_state(state);
	BUG_ON(entries);
	BUG_ON(cpuhp_state_add_instance(CPUHP_AP_ACTIVE, &a.node) != -EINVAL);
}

HOTWEAVE_TARGET(cpuhp_remove_with_instances, "a state is removed that has instances")
{
	static struct instance a;
	int state = cpuhp_setup_state_multi(CPUHP_AP_ONLINE_DYN, "test:multi", instance_up, instance_down);

	cpuhp_state_add_instance_nocalls((enum cpuhp_state)state, &a.node);
	cpuhp_remove_multi_state((enum cpuhp_state)state);
}

/* ---- Against readers --------------------------------------------------------------------------------- */

static int toggle(void *)
{
	BUG_ON(cpu_down(2));
	BUG_ON(cpu_up(2));
	return 0;
}

static int count_locked(void *)
{
	unsigned int cpu, n = 0, before;

	cpus_read_lock();
	before = num_online_cpus();
	for_each_online_cpu(cpu) {
		hotweave_yield("looking");
		n++;
	}
	BUG_ON(n != before);
	cpus_read_unlock();
	return 0;
}

static int count_trying(void *)
{
	if (cpus_read_trylock()) {
		lockdep_assert_cpus_held();
		BUG_ON(num_online_cpus() != cpumask_weight(cpu_online_mask));
		cpus_read_unlock();
	}
	return 0;
}

HOTWEAVE_TARGET(cpuhp_readers, "nobody who holds the read lock sees a CPU come or go")
{
	run_three(toggle, count_locked, count_trying);
}

static int count_unlocked(void *)
{
	BUG_ON(!cpumask_weight(cpu_online_mask));
	return 0;
}

static int walk_unlocked(void *)
{
	unsigned int cpu, n = 0;

	for_each_online_cpu(cpu)
		n++;
	BUG_ON(!n);
	return 0;
}

HOTWEAVE_TARGET(cpuhp_unlocked_walker, "for_each_online_cpu() without the lock")
{
	run_two(toggle, walk_unlocked);
}

HOTWEAVE_TARGET(cpuhp_unlocked_reader, "the mask of online CPUs read as a whole without the lock")
{
	run_two(toggle, count_unlocked);
}

static int bound(void *)
{
	for (int i = 0; i < 4; i++)
		hotweave_yield("on my way");
	return 0;
}

HOTWEAVE_TARGET(cpuhp_bound_task_goes_elsewhere, "a task bound to a CPU that goes down runs on another one")
{
	struct task_struct *t = kthread_create_on_cpu(bound, NULL, 2, "bound/%u");

	wake_up_process(t);
	BUG_ON(cpu_down(2));
	hotweave_join(t);
	BUG_ON(cpu_up(2));
}

static int change_in_section(void *)
{
	unsigned int cpu;

	preempt_disable();
	cpu = smp_processor_id();
	hotweave_yield("with preemption off");
	BUG_ON(!cpu_online(cpu));
	preempt_enable();
	return 0;
}

HOTWEAVE_TARGET(cpuhp_preempt_off_keeps_cpu, "the CPU of a task with preemption off does not go")
{
	run_three(toggle, change_in_section, change_in_section);
}

/* ---- Misuse ------------------------------------------------------------------------------------------ */

static int takes_read_lock(unsigned int)
{
	cpus_read_lock();
	cpus_read_unlock();
	return 0;
}

HOTWEAVE_TARGET(cpuhp_callback_locks, "a callback in the CPU's thread takes the lock that its writer holds")
{
	BUG_ON(cpuhp_setup_state_nocalls(CPUHP_AP_WATCHDOG_ONLINE, "test:locks", takes_read_lock, NULL));
	cpu_down(1);
	cpu_up(1);
}

static int takes_read_lock_below(unsigned int)
{
	get_online_cpus();
	put_online_cpus();
	return 0;
}

HOTWEAVE_TARGET(cpuhp_writer_callback_locks, "a callback in the writer's own task takes it")
{
	BUG_ON(cpuhp_setup_state_nocalls(CPUHP_SLAB_PREPARE, "test:locks", NULL, takes_read_lock_below));
	BUG_ON(cpu_down(1));
}

static DEFINE_MUTEX(mutex);

static int locks_mutex(unsigned int)
{
	mutex_lock(&mutex);
	mutex_unlock(&mutex);
	return 0;
}

static int mutex_then_setup(void *)
{
	mutex_lock(&mutex);
	cpus_read_lock();
	cpus_read_unlock();
	mutex_unlock(&mutex);
	return 0;
}

static int down(void *)
{
	cpu_down(1);
	return 0;
}

HOTWEAVE_TARGET(cpuhp_mutex_inversion, "a mutex around the lock here, inside a callback there")
{
	BUG_ON(cpuhp_setup_state_nocalls(CPUHP_AP_WATCHDOG_ONLINE, "test:mutex", NULL, locks_mutex));
	run_two(down, mutex_then_setup);
}

static int sleeps(unsigned int)
{
	might_sleep();
	return 0;
}

HOTWEAVE_TARGET(cpuhp_dying_sleeps, "a callback with interrupts off sleeps")
{
	BUG_ON(cpuhp_setup_state_nocalls(CPUHP_AP_KVM_STARTING, "test:sleeps", NULL, sleeps));
	cpu_down(1);
}

HOTWEAVE_TARGET(cpuhp_online_sleeps, "one in the thread may")
{
	BUG_ON(cpuhp_setup_state(CPUHP_AP_WATCHDOG_ONLINE, "test:sleeps", sleeps, sleeps));
	BUG_ON(cpu_down(1));
}

HOTWEAVE_TARGET(cpuhp_enable_unbalanced, "cpu_hotplug_enable() without disable")
{
	cpu_hotplug_enable();
}

HOTWEAVE_TARGET(cpuhp_setup_without_lock, "the cpuslocked form without the lock")
{
	cpuhp_setup_state_cpuslocked(CPUHP_AP_ONLINE_DYN, "test", NULL, NULL);
}
