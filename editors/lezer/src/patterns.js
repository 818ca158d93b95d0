// Written by editors/make.py.
export const patterns = [
  ["#[^\\n]*", ["comment"]],
  ["\"[^\"\\n]*\"", ["string"]],
  ["(?:(?<![\\d_?]x)(?:\\d[\\d_]*\\??|\\?)(?:x(?:\\d[\\d_]*\\??|\\?))+(?![\\p{L}\\p{N}_]))|(?:(?:\\d[\\d_]*)?\\?)|(?:\\d[\\d_]*(?:\\.\\d[\\d_]*)?(?:[eE][+-]?\\d+)?[KMGT]?(?![A-WYZa-wyz0-9_.]))", ["number"]],
  ["(?<![\\p{L}\\p{N}_])(network|block|slot|stage|let)([ \\t]+)([\\p{L}_][\\p{L}\\p{N}_]*)", ["keyword", null, "defined"]],
  ["(?<![\\p{L}\\p{N}_])(?:abs|act|add|attention|attn|avgpool|basic|batchnorm|blurpool|bottleneck|cbam|ceil|channel_pool|channel_scale|channels|concat|conv|conv_transpose|crop|deep_stem|dense|depth_to_space|drop|drop_path|dropblock|dropout|eca|elu|evonorm|flatten|floor|frn|gelu|groupnorm|hard_sigmoid|hard_swish|identity|instancenorm|last_norm|layernorm|leaky_relu|len|log2|max|maxpool|min|mish|mul|norm|normalize|pad|pad_channels|pool_project|pool_project_only|preact_basic|preact_bottleneck|preact_project|prelu|project|project_only|relu|relu6|reshape|resize|round|scale|se|selu|shift|sigmoid|silu|softmax|softplus|space_to_depth|spatial_softmax|sqrt|sub|subsample|tanh|tlu|upsample|zero_pad)(?![\\p{L}\\p{N}_])(?=[ \\t]*(?:\\(|->))|(?:(?<=->)|(?<=-> ))(?<![\\p{L}\\p{N}_])(?:abs|act|add|attention|attn|avgpool|basic|batchnorm|blurpool|bottleneck|cbam|ceil|channel_pool|channel_scale|channels|concat|conv|conv_transpose|crop|deep_stem|dense|depth_to_space|drop|drop_path|dropblock|dropout|eca|elu|evonorm|flatten|floor|frn|gelu|groupnorm|hard_sigmoid|hard_swish|identity|instancenorm|last_norm|layernorm|leaky_relu|len|log2|max|maxpool|min|mish|mul|norm|normalize|pad|pad_channels|pool_project|pool_project_only|preact_basic|preact_bottleneck|preact_project|prelu|project|project_only|relu|relu6|reshape|resize|round|scale|se|selu|shift|sigmoid|silu|softmax|softplus|space_to_depth|spatial_softmax|sqrt|sub|subsample|tanh|tlu|upsample|zero_pad)(?![\\p{L}\\p{N}_])", ["called"]],
  ["(?<![\\p{L}\\p{N}_])[\\p{L}_][\\p{L}\\p{N}_]*(?=[ \\t]*=(?!=))", ["argument"]],
  ["(?<![\\p{L}\\p{N}_])(?:true|false)(?![\\p{L}\\p{N}_])", ["constant"]],
  ["(?<!\\.)(?<![\\p{L}\\p{N}_])(?:always|and|as|block|by|default|else|expect|from|head|if|import|in|input|let|network|not|off|or|output|repeat|shared|skip|skips|slot|stage|stem|use|via|x)(?![\\p{L}\\p{N}_])", ["keyword"]],
  ["(?<![\\p{L}\\p{N}_])[\\p{L}_][\\p{L}\\p{N}_]*", ["name"]],
  ["->|\\*\\*|//|==|!=|<=|>=|~=|[-+*/%<>=]", ["operator"]],
  ["[{}()\\[\\]]", ["bracket"]],
  ["[,.]", ["separator"]],
];
