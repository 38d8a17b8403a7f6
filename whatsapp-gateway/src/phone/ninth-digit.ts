/**
 * The numbers (E.164) that may be the same Brazilian mobile: itself first, then with or without the ninth digit, which
 * WhatsApp leaves out of the accounts that are older than it. Any other number stands alone.
 */
export function sameMobileNumbers(phone: string): string[] {
  const [, area = '', ninth = '', local = ''] = /^\+55(\d\d)(9?)([6-9]\d{7})$/.exec(phone) ?? []
  return local === '' ? [phone] : [phone, `+55${area}${ninth === '' ? '9' : ''}${local}`]
}
