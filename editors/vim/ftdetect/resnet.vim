au BufRead,BufNewFile *.resnet setfiletype resnet
