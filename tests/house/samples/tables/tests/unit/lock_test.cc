TEST(Lock, Excludes) {}
TEST_P(Row, HasItsVerdict) {}
