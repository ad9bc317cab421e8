import { register } from 'node:module';

// The parser imports JSON files without the attribute that Node requires.
const LOADER = `export const load = (url, context, next) =>
  next(url, url.endsWith('.json') ? { ...context, importAttributes: { type: 'json' } } : context);`;

/** Validates a workflow with GitHub's own parser. Returns the errors of its schema, its expressions and its jobs. */
export async function findWorkflowErrors(name: string, content: string): Promise<string[]> {
  // Node 26 deprecates `register`. Its successor `registerHooks` is missing in Node 20.
  const { noDeprecation = false } = process;
  process.noDeprecation = true;
  register(`data:text/javascript,${encodeURIComponent(LOADER)}`);
  process.noDeprecation = noDeprecation;
  const { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } =
    await import('@actions/workflow-parser');
  const { context, value } = parseWorkflow({ name, content }, new NoOperationTraceWriter());
  const parsed = context.errors.getErrors().map(({ message }) => message);
  if (value === undefined || parsed.length > 0) return parsed;
  const { errors = [] } = await convertWorkflowTemplate(context, value);
  return errors.map(({ Message }) => Message);
}
