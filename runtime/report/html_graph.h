// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Small graphs as SVG for the HTML page: nodes on an ellipse, or in layers from top to bottom. Positions depend on
// the order of nodes and edges alone. Styled by html/style.css. Internal to report/.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace hotweave {

struct Graph {
  struct Node {
    std::string label;
    bool bad = false;    // in the cycle: red
  };
  struct Edge {
    size_t from = 0, to = 0;   // nodes; equal: a loop
    std::string label;         // beside the edge; may be empty
    std::string tip;           // what a pointer over it shows
    bool bad = false;
    bool now = true;           // shown without the script
    std::vector<std::pair<uint32_t, uint32_t>> when;   // first and last events at which it is there; empty: always
  };
  std::vector<Node> nodes;
  std::vector<Edge> edges;

  size_t NodeOf(const std::string& label);   // added if there is none
};

// `name` is unique in the page; `label` says what the picture shows to who cannot see it. No nodes: "".
std::string CircleSvg(const Graph& graph, const std::string& name, const std::string& label);
std::string LayeredSvg(const Graph& graph, const std::string& name, const std::string& label);

}  // namespace hotweave
