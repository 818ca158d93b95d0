"""`python -m resnet_dsl` is `resnet-dsl`."""

import sys

from resnet_dsl.cli import main

sys.exit(main())
