import { Logger } from '@nestjs/common';

// The lines of Nest's logger would drown those of the tests; a test that is about a line spies on it.
Logger.overrideLogger(false);
