import type { Resource as ResourceType } from '@aws-cdk/service-spec-types'
import { intrinsicsIn, type Template } from './cloudformation-template.ts'

const pseudoParameters = new Set(
  ['AccountId', 'NoValue', 'Partition', 'Region', 'StackId', 'StackName', 'URLSuffix'].map(
    (n) => `AWS::${n}`,
  ),
)

/**
 * References to parameters, resources, attributes and conditions that aren't there, and parameters and conditions
 * that nothing uses.
 */
export function referenceFaults(template: Template, types: ReadonlyMap<string, ResourceType>): string[] {
  const intrinsics = intrinsicsIn([template.Conditions, template.Resources, template.Outputs])
  const names = intrinsics.flatMap(namesOf)
  const conditions = [...conditionsOfResources(template), ...intrinsics.flatMap(conditionsOf)]
  const dependencies = Object.values(template.Resources).flatMap(({ DependsOn = [] }) => DependsOn)
  const known = (name: string): boolean =>
    pseudoParameters.has(name) || Object.hasOwn(template.Parameters, name) || types.has(name)
  return [
    ...names.filter((name) => !known(name)).map((name) => `nothing is called ${name}`),
    ...dependencies.filter((name) => !types.has(name)).map((name) => `no resource ${name}`),
    ...intrinsics.flatMap((intrinsic) => attributeFaults(intrinsic, types)),
    ...conditions
      .filter((name) => !Object.hasOwn(template.Conditions, name))
      .map((name) => `no condition ${name}`),
    ...Object.keys(template.Parameters)
      .filter((name) => !names.includes(name))
      .map((name) => `parameter ${name} is never used`),
    ...Object.keys(template.Conditions)
      .filter((name) => !conditions.includes(name))
      .map((name) => `condition ${name} is never used`),
  ]
}

type Intrinsic = ReturnType<typeof intrinsicsIn>[number]

function namesOf({ name, argument }: Intrinsic): string[] {
  if (name === 'Ref' && typeof argument === 'string') {
    return [argument]
  }
  if (name === 'Fn::GetAtt' && Array.isArray(argument)) {
    return [String(argument[0])]
  }
  return name === 'Fn::Sub' && typeof argument === 'string'
    ? placeholdersOf(argument).map(([one]) => one)
    : []
}

function attributeFaults({ name, argument }: Intrinsic, types: ReadonlyMap<string, ResourceType>): string[] {
  const attributes: [string, string | undefined][] =
    name === 'Fn::GetAtt' && Array.isArray(argument)
      ? [[String(argument[0]), String(argument[1])]]
      : name === 'Fn::Sub' && typeof argument === 'string'
        ? placeholdersOf(argument)
        : []
  return attributes.flatMap(([resource, attribute]) => {
    const type = types.get(resource)
    const isThere = attribute === undefined || type === undefined || Object.hasOwn(type.attributes, attribute)
    return isThere ? [] : [`${resource} has no attribute ${attribute}`]
  })
}

/** `${Name}` and `${Name.Attribute}`; `${!Literal}` is none. */
function placeholdersOf(text: string): [string, string | undefined][] {
  return [...text.matchAll(/\$\{([^!}.]+)(?:\.([^}]+))?\}/g)].map(([, name = '', attribute]) => [
    name,
    attribute,
  ])
}

function conditionsOf({ name, argument }: Intrinsic): string[] {
  if (name === 'Fn::If' && Array.isArray(argument)) {
    return [String(argument[0])]
  }
  return name === 'Condition' && typeof argument === 'string' ? [argument] : []
}

function conditionsOfResources({ Resources, Outputs }: Template): string[] {
  return [...Object.values(Resources), ...Object.values(Outputs)].flatMap(({ Condition }) =>
    typeof Condition === 'string' ? [Condition] : [],
  )
}
