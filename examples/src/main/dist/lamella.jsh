// What jshell --startup reads: every name of Lamella, and those of java.base. See examples/guide/jshell.md.
import module java.base;
import lamella.core.*;
import lamella.check.*;
import lamella.core.io.*;
import lamella.core.random.*;
import lamella.data.cifar.*;
import lamella.layers.*;
import lamella.losses.*;
import lamella.optim.*;
import lamella.optim.tensorboard.*;
