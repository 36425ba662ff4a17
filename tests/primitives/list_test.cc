// SPDX-License-Identifier: GPL-2.0-only OR MIT
// <linux/list.h>: order, removal while walking, splicing; hlists. And the helpers of <linux/kernel.h> that
// walking relies on.
#include <linux/kernel.h>
#include <linux/list.h>

#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

namespace {

struct Item {
  int value;
  list_head node;
  hlist_node hash;
};

struct Lists : testing::Test {
  Lists() {
    for (int i = 0; i < 4; ++i) {
      items[i].value = i;
      list_add_tail(&items[i].node, &head);
    }
  }
  static std::vector<int> Values(list_head* list) {
    std::vector<int> out;
    Item* pos;
    list_for_each_entry(pos, list, node) out.push_back(pos->value);
    return out;
  }
  using Ints = std::vector<int>;
  Item items[4];
  LIST_HEAD(head);
  LIST_HEAD(other);
};

TEST_F(Lists, BothDirections) {
  Ints backwards;
  Item* pos;
  list_for_each_entry_reverse(pos, &head, node) backwards.push_back(pos->value);
  EXPECT_EQ(Values(&head), (Ints{0, 1, 2, 3}));
  EXPECT_EQ(backwards, (Ints{3, 2, 1, 0}));
  EXPECT_EQ(list_count_nodes(&head), 4u);
}

TEST_F(Lists, SafeWalkMayRemove) {
  Item *pos, *next;
  list_for_each_entry_safe(pos, next, &head, node) {
    if (pos->value % 2) list_del_init(&pos->node);
  }
  EXPECT_EQ(Values(&head), (Ints{0, 2}));
  EXPECT_TRUE(list_empty(&items[1].node));
}

TEST_F(Lists, ContinueAndFrom) {
  Item* pos = &items[1];
  Ints after, from;
  list_for_each_entry_continue(pos, &head, node) after.push_back(pos->value);
  pos = &items[2];
  list_for_each_entry_from(pos, &head, node) from.push_back(pos->value);
  EXPECT_EQ(after, (Ints{2, 3}));
  EXPECT_EQ(from, (Ints{2, 3}));
}

TEST_F(Lists, RemovedEntriesArePoisoned) {
  list_del(&items[0].node);
  EXPECT_EQ(items[0].node.next, LIST_POISON1);
  EXPECT_EQ(items[0].node.prev, LIST_POISON2);
}

TEST_F(Lists, CutMoveAndSplice) {
  list_cut_position(&other, &head, &items[1].node);
  EXPECT_EQ(Values(&other), (Ints{0, 1}));
  EXPECT_EQ(Values(&head), (Ints{2, 3}));
  list_splice_tail_init(&other, &head);
  EXPECT_TRUE(list_empty_careful(&other));
  EXPECT_EQ(Values(&head), (Ints{2, 3, 0, 1}));
  list_move(&items[1].node, &head);
  list_rotate_left(&head);
  EXPECT_EQ(Values(&head), (Ints{2, 3, 0, 1}));
  list_swap(&items[2].node, &items[3].node);
  EXPECT_EQ(Values(&head), (Ints{3, 2, 0, 1}));
  list_bulk_move_tail(&head, &items[3].node, &items[2].node);
  EXPECT_EQ(Values(&head), (Ints{0, 1, 3, 2}));
}

TEST_F(Lists, FirstOfAnEmptyListIsNull) {
  EXPECT_EQ(list_first_entry_or_null(&head, Item, node), &items[0]);
  EXPECT_EQ(list_first_entry_or_null(&other, Item, node), nullptr);
}

TEST_F(Lists, Hlists) {
  HLIST_HEAD(buckets);
  for (Item& i : items) hlist_add_head(&i.hash, &buckets);
  hlist_del_init(&items[3].hash);
  hlist_add_behind(&items[3].hash, &items[1].hash);
  Ints seen;
  Item* pos;
  hlist_node* next;
  hlist_for_each_entry_safe(pos, next, &buckets, hash) {
    seen.push_back(pos->value);
    hlist_del_init(&pos->hash);
  }
  EXPECT_EQ(seen, (Ints{2, 1, 3, 0}));
  EXPECT_TRUE(hlist_empty(&buckets));
}

TEST(Kernel, ContainerOfTakesVoidAndConst) {
  Item item;
  void* anonymous = &item.node;
  const list_head* constant = &item.node;
  EXPECT_EQ(container_of(anonymous, Item, node), &item);
  EXPECT_EQ(container_of(constant, Item, node), &item);
}

TEST(Kernel, MinAndMaxLeaveTheLibraryAlone) {
  static_assert(min(1, 2) == 1 && max_t(u8, 255, 256) == 255 && clamp(5, 1, 3) == 3);
  std::vector<list_head*> heads(2);
  std::sort(heads.begin(), heads.end());   // an unqualified swap() inside would be ambiguous
  EXPECT_EQ(std::max(1, 2), std::numeric_limits<int>::max() > 1 ? 2 : 1);
  EXPECT_EQ(min_not_zero(0, 3), 3);
}

}  // namespace
