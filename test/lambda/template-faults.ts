import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec'
import type { PropertyType, Resource as ResourceType } from '@aws-cdk/service-spec-types'
import {
  type Fields,
  intrinsicOf,
  isFields,
  type Resource,
  type Template,
} from './cloudformation-template.ts'
import { referenceFaults } from './template-references.ts'

const spec = loadAwsServiceSpecSync()

/** Attributes that every resource may have beside its properties. */
const resourceAttributes = new Set([
  'Type',
  'Properties',
  'Condition',
  'DependsOn',
  'DeletionPolicy',
  'Metadata',
])

/**
 * What CloudFormation would refuse, as far as AWS's own resource types (those that the CDK is made of) tell without an
 * account: unknown resource types and properties, missing ones, values of another type, and references to what isn't
 * there. Empty = nothing found.
 */
export function templateFaults(template: Template): string[] {
  const types = new Map<string, ResourceType>()
  const faults: string[] = []
  for (const [name, resource] of Object.entries(template.Resources)) {
    const type = resourceType(resource.Type)
    if (type === undefined) {
      faults.push(`${name}: no resource type ${resource.Type}`)
    } else {
      types.set(name, type)
      faults.push(...resourceFaults(name, resource, type))
    }
  }
  return [...faults, ...referenceFaults(template, types)]
}

/** A type with its properties and attributes. What SAM passes through to the Lambda function counts as SAM's, whose list here lags behind. */
function resourceType(name: string): ResourceType | undefined {
  const [type] = spec.lookup('resource', 'cloudFormationType', 'equals', name)
  if (type === undefined || name !== 'AWS::Serverless::Function') {
    return type
  }
  const [lambda] = spec.lookup('resource', 'cloudFormationType', 'equals', 'AWS::Lambda::Function')
  const passedThrough = Object.entries(lambda?.properties ?? {}).map(
    ([key, property]) => [key, { ...property, required: false }] as const,
  )
  return {
    ...type,
    properties: { ...Object.fromEntries(passedThrough), ...type.properties },
    attributes: { ...lambda?.attributes, ...type.attributes },
  }
}

function resourceFaults(name: string, resource: Resource, type: ResourceType): string[] {
  const unknown = Object.keys(resource).filter((key) => !resourceAttributes.has(key))
  return [
    ...unknown.map((key) => `${name}: ${key} is no attribute of a resource`),
    ...fieldFaults(name, resource.Properties ?? {}, type.properties),
  ]
}

function fieldFaults(place: string, value: Fields, properties: ResourceType['properties']): string[] {
  const missing = Object.entries(properties)
    .filter(([name, { required }]) => required === true && !Object.hasOwn(value, name))
    .map(([name]) => `${place}: ${name} is missing`)
  const wrong = Object.entries(value).flatMap(([name, inner]) => {
    const property = properties[name]
    return property === undefined
      ? [`${place}: ${name} is unknown`]
      : valueFaults(`${place}.${name}`, inner, property.type)
  })
  return [...missing, ...wrong]
}

function valueFaults(place: string, value: unknown, type: PropertyType): string[] {
  const intrinsic = intrinsicOf(value)
  if (intrinsic?.name === 'Fn::If' && Array.isArray(intrinsic.argument)) {
    return intrinsic.argument.slice(1).flatMap((one: unknown) => valueFaults(place, one, type))
  }
  // What a function gives is known at deployment only.
  if (intrinsic !== null) {
    return []
  }
  switch (type.type) {
    case 'union': {
      const each = type.types.map((one) => valueFaults(place, value, one))
      return each.some((faults) => faults.length === 0) ? [] : (each.at(-1) ?? [])
    }
    case 'ref': {
      const { properties } = spec.get('typeDefinition', type.reference.$ref)
      return isFields(value) ? fieldFaults(place, value, properties) : [`${place}: not an object`]
    }
    case 'array':
      return Array.isArray(value)
        ? value.flatMap((one, index) => valueFaults(`${place}[${index}]`, one, type.element))
        : [`${place}: not a list`]
    case 'map':
      return isFields(value)
        ? Object.entries(value).flatMap(([key, one]) => valueFaults(`${place}.${key}`, one, type.element))
        : [`${place}: not a map`]
    case 'tag':
      return isFields(value) && typeof value['Key'] === 'string' && Object.keys(value).join() === 'Key,Value'
        ? []
        : [`${place}: not a Key and a Value`]
    case 'string':
    case 'number':
    case 'integer':
    case 'boolean':
    case 'json':
    case 'date-time':
    case 'null':
    default:
      return scalarFaults(place, value, type)
  }
}

function scalarFaults(place: string, value: unknown, type: PropertyType): string[] {
  const shown = JSON.stringify(value)
  const allowed: unknown[] | undefined = 'allowedValues' in type ? type.allowedValues : undefined
  if (!isScalarOf(type.type, value)) {
    return [`${place}: ${shown} is no ${type.type}`]
  }
  return allowed === undefined || allowed.some((one) => String(one) === String(value))
    ? []
    : [`${place}: ${shown} is none of ${allowed.join(', ')}`]
}

/** CloudFormation takes numbers and flags written as texts; texts written as numbers, too. */
function isScalarOf(type: PropertyType['type'], value: unknown): boolean {
  if (type === 'json') {
    return isFields(value) || Array.isArray(value)
  }
  return (scalarPatterns.get(type) ?? /^/).test(String(value)) && typeof value !== 'object'
}

const scalarPatterns: ReadonlyMap<PropertyType['type'], RegExp> = new Map([
  ['boolean', /^(?:true|false)$/],
  ['integer', /^-?\d+$/],
  ['number', /^-?\d+(?:\.\d+)?$/],
])
