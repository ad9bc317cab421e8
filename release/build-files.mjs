#!/usr/bin/env node
// Builds the files of a release from this checkout in artifacts/. For .github/workflows/release.yml.
import { resolve } from 'node:path';
import { buildArtifacts } from './artifacts.mjs';

const checkout = resolve(import.meta.dirname, '..');
console.log(await buildArtifacts(checkout, resolve(checkout, 'artifacts')));
