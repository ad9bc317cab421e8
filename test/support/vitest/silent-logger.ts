import { Logger } from '@nestjs/common';

// Hides the log lines of Nest in the test output. Tests that check a line spy on the logger.
Logger.overrideLogger(false);
