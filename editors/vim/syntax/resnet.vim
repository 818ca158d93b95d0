" Texts of resnet-dsl. Written by editors/make.py.
if exists("b:current_syntax")
  finish
endif
syn iskeyword @,48-57,_,192-255
syn match resnetName /\v<[[:alpha:]_]\k*>/
syn match resnetArgument /\v<[[:alpha:]_]\k*>\ze[ \t]*\=(\=)@!/
syn match resnetCalled /\v<(abs|act|add|attention|attn|avgpool|basic|batchnorm|blurpool|bottleneck|cbam|ceil|channel_pool|channel_scale|channels|concat|conv|conv_transpose|crop|deep_stem|dense|depth_to_space|drop|drop_path|dropblock|dropout|eca|elu|evonorm|flatten|floor|frn|gelu|groupnorm|hard_sigmoid|hard_swish|identity|instancenorm|last_norm|layernorm|leaky_relu|len|log2|max|maxpool|min|mish|mul|norm|normalize|pad|pad_channels|pool_project|pool_project_only|preact_basic|preact_bottleneck|preact_project|prelu|project|project_only|relu|relu6|reshape|resize|round|scale|se|selu|shift|sigmoid|silu|softmax|softplus|space_to_depth|spatial_softmax|sqrt|sub|subsample|tanh|tlu|upsample|zero_pad)>\ze[ \t]*(\(|-\>)/
syn match resnetCalled /\v(-\> ?)@3<=<(abs|act|add|attention|attn|avgpool|basic|batchnorm|blurpool|bottleneck|cbam|ceil|channel_pool|channel_scale|channels|concat|conv|conv_transpose|crop|deep_stem|dense|depth_to_space|drop|drop_path|dropblock|dropout|eca|elu|evonorm|flatten|floor|frn|gelu|groupnorm|hard_sigmoid|hard_swish|identity|instancenorm|last_norm|layernorm|leaky_relu|len|log2|max|maxpool|min|mish|mul|norm|normalize|pad|pad_channels|pool_project|pool_project_only|preact_basic|preact_bottleneck|preact_project|prelu|project|project_only|relu|relu6|reshape|resize|round|scale|se|selu|shift|sigmoid|silu|softmax|softplus|space_to_depth|spatial_softmax|sqrt|sub|subsample|tanh|tlu|upsample|zero_pad)>/
syn keyword resnetKeyword always and as block by default else expect from head if import in input let network not off or output repeat shared skip skips slot stage stem use via x
syn match resnetMember /\v\.@1<=<[[:alpha:]_]\k*>/
syn keyword resnetConstant true false
syn match resnetDefined /\v(<(network|block|slot|stage|let)>[ \t]+)@100<=<[[:alpha:]_]\k*>/
syn match resnetOperator /\v-\>|\*\*|\/\/|[=!~<>]\=|[-+*\/%<>=]/
syn match resnetNumber /\v<\d[0-9_]*(\.\d[0-9_]*)?([eE][+-]?\d+)?[KMGT]?>/
syn match resnetNumber /\v(\d[0-9_]*)?\?/
syn match resnetNumber /\v<(\d[0-9_]*\??|\?)(x(\d[0-9_]*\??|\?))+/
syn region resnetString start=/"/ end=/"/ oneline
syn match resnetComment /#.*/ contains=@Spell
hi def link resnetComment Comment
hi def link resnetString String
hi def link resnetNumber Number
hi def link resnetKeyword Keyword
hi def link resnetConstant Boolean
hi def link resnetDefined Type
hi def link resnetCalled Function
hi def link resnetArgument Identifier
hi def link resnetOperator Operator
let b:current_syntax = "resnet"
