throw new Error('the license file is missing')
