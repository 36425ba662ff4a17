// SPDX-License-Identifier: GPL-2.0-only OR MIT
// See html_graph.h. Lengths are in pixels, and whole numbers: floating point must not show.
#include "report/html_graph.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <tuple>

#include "report/html_text.h"
#include "report/table.h"

namespace hotweave {
namespace {

constexpr int kCharacter = 8, kBoxHeight = 30, kBoxPad = 12, kMargin = 24;
constexpr int kAside = 8, kLayerGap = 64, kNodeGap = 28;

struct Point {
  int x = 0, y = 0;
};
struct Box {
  Point at;   // its middle
  int width = 0;
};

int TextWidth(const std::string& text) { return static_cast<int>(DisplayWidth(text)) * kCharacter; }
std::string N(int n) { return std::to_string(n); }
std::string XY(Point p) { return N(p.x) + " " + N(p.y); }
int Round(double d) { return static_cast<int>(std::lround(d)); }

// Where the line from the middle of a box towards a point leaves it.
Point Border(const Box& box, Point towards) {
  const double dx = towards.x - box.at.x, dy = towards.y - box.at.y;
  const double half_width = box.width / 2.0 + 3, half_height = kBoxHeight / 2.0 + 3;
  const double scale = std::max(std::abs(dx) / half_width, std::abs(dy) / half_height);
  if (scale == 0) return box.at;
  return {box.at.x + Round(dx / scale), box.at.y + Round(dy / scale)};
}

class Drawing {
 public:
  Drawing(const Graph& graph, std::vector<Box> boxes, std::string name) : graph_(graph), boxes_(std::move(boxes)), name_(std::move(name)) {}

  std::string Render(int width, int height, const std::string& label) const {
    std::string out = "<svg class=\"graph\" id=\"" + name_ + "\" role=\"img\" aria-label=\"" + Escape(label) + "\" viewBox=\"0 0 " +
                      N(width) + " " + N(height) + "\" width=\"" + N(width) + "\" height=\"" + N(height) + "\">\n" + Markers();
    std::string labels;
    for (const Graph::Edge& e : graph_.edges) out += EdgeAt(e);
    for (size_t i = 0; i < boxes_.size(); i++) out += NodeAt(i);
    return out + "</svg>\n";
  }

 private:
  std::string Markers() const {
    std::string out = "<defs>";
    for (const char* kind : {"", "-bad"})
      out += "<marker id=\"" + name_ + "-head" + kind + "\" class=\"head" + kind +
             "\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" orient=\"auto\">"
             "<path d=\"M0 0L8 4L0 8z\"/></marker>";
    return out + "</defs>\n";
  }

  std::string NodeAt(size_t i) const {
    const Box& b = boxes_[i];
    const Graph::Node& node = graph_.nodes[i];
    return "<g class=\"node" + std::string(node.bad ? " bad" : "") + "\" data-node=\"" + N(static_cast<int>(i)) + "\"><rect x=\"" +
           N(b.at.x - b.width / 2) + "\" y=\"" + N(b.at.y - kBoxHeight / 2) + "\" width=\"" + N(b.width) + "\" height=\"" +
           N(kBoxHeight) + "\" rx=\"5\"/>" +
           Element("text", node.label, "x=\"" + N(b.at.x) + "\" y=\"" + N(b.at.y + 5) + "\" text-anchor=\"middle\"") + "</g>\n";
  }

  std::string EdgeAt(const Graph::Edge& e) const {
    std::string when;
    for (const auto& [first, last] : e.when) when += (when.empty() ? "" : " ") + std::to_string(first) + "-" + std::to_string(last);
    std::string out = "<g class=\"edge" + std::string(e.bad ? " bad" : "") + (e.now ? "" : " off") + "\" data-from=\"" +
                      N(static_cast<int>(e.from)) + "\" data-to=\"" + N(static_cast<int>(e.to)) + "\"";
    if (!when.empty()) out += " data-when=\"" + when + "\"";
    out += ">" + (e.tip.empty() ? "" : Element("title", e.tip));
    Point middle;
    // Words begin or end at a steep edge, and stand in the middle of a flat one.
    const double side = e.from == e.to ? 0 : Outwards(boxes_[e.from], boxes_[e.to]);
    const std::string anchor = side > 0.15 ? "start" : side < -0.15 ? "end" : "middle";
    out += "<path d=\"" + (e.from == e.to ? Loop(boxes_[e.from], &middle) : Curve(e, &middle)) + "\" marker-end=\"url(#" + name_ +
           "-head" + (e.bad ? "-bad" : "") + ")\"/>";
    if (!e.label.empty())
      out += Element("text", e.label, "x=\"" + N(middle.x) + "\" y=\"" + N(middle.y) + "\" text-anchor=\"" + anchor + "\"");
    return out + "</g>\n";
  }

  // How far the side of the label is the right one: from -1 to 1.
  static double Outwards(const Box& a, const Box& b) {
    const double dx = b.at.x - a.at.x, dy = b.at.y - a.at.y;
    return dy / std::max(std::hypot(dx, dy), 1.0);
  }

  // To the left of the way, outwards on an ellipse, so that the edges of two nodes both ways lie apart.
  std::string Curve(const Graph::Edge& e, Point* middle) const {
    const Box &a = boxes_[e.from], &b = boxes_[e.to];
    const double dx = b.at.x - a.at.x, dy = b.at.y - a.at.y, length = std::max(std::hypot(dx, dy), 1.0);
    const double bend = std::min(length / 4, 46.0);
    const Point control = {Round((a.at.x + b.at.x) / 2.0 + dy / length * bend), Round((a.at.y + b.at.y) / 2.0 - dx / length * bend)};
    const Point from = Border(a, control), to = Border(b, control);
    // The label stands a little further out than the curve.
    *middle = {(from.x + 2 * control.x + to.x) / 4 + Round(dy / length * kAside), (from.y + 2 * control.y + to.y) / 4 + 4 - Round(dx / length * kAside)};
    return "M" + XY(from) + "Q" + XY(control) + " " + XY(to);
  }

  std::string Loop(const Box& b, Point* middle) const {
    const int top = b.at.y - kBoxHeight / 2;
    *middle = {b.at.x, top - 36};
    return "M" + XY({b.at.x + 24, top - 2}) + "C" + XY({b.at.x + 44, top - 40}) + " " + XY({b.at.x - 44, top - 40}) + " " +
           XY({b.at.x - 24, top - 3});
  }

  const Graph& graph_;
  std::vector<Box> boxes_;
  std::string name_;
};

int BoxWidth(const Graph::Node& node) { return TextWidth(node.label) + 2 * kBoxPad; }

// ---- Layers -----------------------------------------------------------------------------------------

// Each node below all that lead to it; an edge that closes a cycle is left aside.
class Layers {
 public:
  explicit Layers(const Graph& graph) : graph_(graph), state_(graph.nodes.size()), layer_(graph.nodes.size()) {
    for (size_t i = 0; i < graph.nodes.size(); i++) Visit(i);
    // Reverse post-order is topological for what is not aside.
    for (auto i = finished_.rbegin(); i != finished_.rend(); ++i)
      for (size_t e = 0; e < graph.edges.size(); e++)
        if (graph.edges[e].from == *i && !IsAside(e)) layer_[graph.edges[e].to] = std::max(layer_[graph.edges[e].to], layer_[*i] + 1);
  }

  std::vector<std::vector<size_t>> Rows() const {
    std::vector<std::vector<size_t>> rows;
    for (size_t i = 0; i < layer_.size(); i++) {
      if (rows.size() <= layer_[i]) rows.resize(layer_[i] + 1);
      rows[layer_[i]].push_back(i);
    }
    return rows;
  }

 private:
  void Visit(size_t i) {
    if (state_[i] != 0) return;
    state_[i] = 1;
    for (size_t e = 0; e < graph_.edges.size(); e++) {
      if (graph_.edges[e].from != i) continue;
      if (state_[graph_.edges[e].to] == 1)
        aside_.push_back(e);
      else
        Visit(graph_.edges[e].to);
    }
    state_[i] = 2;
    finished_.push_back(i);
  }

  bool IsAside(size_t e) const { return std::find(aside_.begin(), aside_.end(), e) != aside_.end(); }

  const Graph& graph_;
  std::vector<int> state_;
  std::vector<size_t> layer_;
  std::vector<size_t> finished_, aside_;
};

// Nodes of a row stand under the middle of what leads to them.
void Untangle(const Graph& graph, std::vector<std::vector<size_t>>* rows) {
  std::vector<double> at(graph.nodes.size());
  for (auto& row : *rows)
    for (size_t k = 0; k < row.size(); k++) at[row[k]] = (static_cast<double>(k) + 0.5) / static_cast<double>(row.size());
  for (size_t r = 1; r < rows->size(); r++) {
    auto& row = (*rows)[r];
    std::vector<double> wanted(graph.nodes.size());
    for (const size_t node : row) {
      double sum = 0, n = 0;
      for (const Graph::Edge& e : graph.edges)
        if (e.to == node && e.from != node) sum += at[e.from], n++;
      wanted[node] = n > 0 ? sum / n : at[node];
    }
    std::sort(row.begin(), row.end(), [&](size_t a, size_t b) { return std::tie(wanted[a], a) < std::tie(wanted[b], b); });
    for (size_t k = 0; k < row.size(); k++) at[row[k]] = (static_cast<double>(k) + 0.5) / static_cast<double>(row.size());
  }
}

}  // namespace

size_t Graph::NodeOf(const std::string& label) {
  const auto found = std::find_if(nodes.begin(), nodes.end(), [&](const Node& n) { return n.label == label; });
  if (found != nodes.end()) return static_cast<size_t>(found - nodes.begin());
  nodes.push_back({label, false});
  return nodes.size() - 1;
}

std::string CircleSvg(const Graph& graph, const std::string& name, const std::string& label) {
  const size_t n = graph.nodes.size();
  if (n == 0) return "";
  int widest = 0, longest = 0;
  for (const Graph::Node& node : graph.nodes) widest = std::max(widest, BoxWidth(node));
  for (const Graph::Edge& e : graph.edges) longest = std::max(longest, TextWidth(e.label));
  const int count = static_cast<int>(n);
  const int rx = n == 1 ? 0 : n == 2 ? (widest + longest) / 2 + 30 : (widest + longest) / 2 + count * 24;
  const int ry = n <= 2 ? 0 : count * 34;
  const int half_width = std::max({rx + widest / 2, rx + longest / 2, 60}) + kMargin, half_height = ry + 58;
  std::vector<Box> boxes;
  for (size_t i = 0; i < n; i++) {
    // Two stand beside each other; more begin at the top.
    const double turn = static_cast<double>(i) / static_cast<double>(n) - (n == 2 ? 0.5 : 0.25);
    const double angle = 2 * std::numbers::pi * turn;
    boxes.push_back({{half_width + Round(rx * std::cos(angle)), half_height + Round(ry * std::sin(angle))}, BoxWidth(graph.nodes[i])});
  }
  return Drawing(graph, boxes, name).Render(2 * half_width, 2 * half_height, label);
}

std::string LayeredSvg(const Graph& graph, const std::string& name, const std::string& label) {
  if (graph.nodes.empty()) return "";
  std::vector<std::vector<size_t>> rows = Layers(graph).Rows();
  Untangle(graph, &rows);
  int width = 0;
  std::vector<int> widths;
  for (const auto& row : rows) {
    int sum = -kNodeGap;
    for (const size_t i : row) sum += BoxWidth(graph.nodes[i]) + kNodeGap;
    widths.push_back(sum);
    width = std::max(width, sum);
  }
  std::vector<Box> boxes(graph.nodes.size());
  for (size_t r = 0; r < rows.size(); r++) {
    int x = 2 * kMargin + (width - widths[r]) / 2;
    for (const size_t i : rows[r]) {
      const int box = BoxWidth(graph.nodes[i]);
      boxes[i] = {{x + box / 2, kMargin + kBoxHeight / 2 + static_cast<int>(r) * (kBoxHeight + kLayerGap)}, box};
      x += box + kNodeGap;
    }
  }
  const int height = 2 * kMargin + static_cast<int>(rows.size()) * (kBoxHeight + kLayerGap) - kLayerGap;
  return Drawing(graph, boxes, name).Render(width + 4 * kMargin, height, label);
}

}  // namespace hotweave
