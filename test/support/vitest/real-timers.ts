import { afterEach, vi } from 'vitest';

// Test files share a worker: fake timers must not reach the next test.
afterEach(() => void vi.useRealTimers());
